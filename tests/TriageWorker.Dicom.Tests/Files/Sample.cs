namespace TriageWorker.Dicom.Tests.Files;

/// <summary>A small object with every construct: text, numbers of each kind, nesting, private elements, pixels.</summary>
internal static class Sample
{
    internal static DicomTag PrivateCreator { get; } = new(0x0029, 0x0010);

    internal static DicomTag PrivateValue { get; } = new(0x0029, 0x1001);

    internal static DicomDataset Dataset() => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage)
        .Set(DicomTag.SOPInstanceUID, "1.2.3.4.5")
        .Set(DicomTag.StudyDate, "20260102")
        .Set(DicomTag.Modality, "CT")
        .Set(DicomTag.PatientName, "Müller^Jörg")
        .Set(DicomTag.PatientID, "P1")
        .Set(DicomTag.ImageType, "ORIGINAL", "PRIMARY", "AXIAL")
        .SetEmpty(DicomTag.AccessionNumber)
        .SetEmpty(DicomTag.ReferencedStudySequence)
        .Set(DicomTag.ImagePositionPatient, -180.5, 0.1 + 0.2, -1234.000001)
        .Set(DicomTag.InstanceNumber, 7)
        .Set(DicomTag.Rows, 2).Set(DicomTag.Columns, 2)
        .Set(DicomTag.PixelRepresentation, 1)
        .Set(DicomTag.SmallestImagePixelValue, -1024)
        .Set(DicomTag.FrameIncrementPointer, DicomVR.AT, 0x00181063)
        .Set(DicomTag.RecommendedDisplayFrameRateInFloat, 12.5)
        .Set(DicomTag.ProcedureCodeSequence,
            new DicomDataset().Set(DicomTag.CodeValue, "25045-6").Set(DicomTag.CodeMeaning, "Ganzkörper"),
            new DicomDataset().Set(DicomTag.ReferencedStudySequence, new DicomDataset().Set(DicomTag.ReferencedSOPInstanceUID, "1.2.3")))
        .Set(PrivateCreator, "ACME 1.0")
        .Set(PrivateValue, DicomVR.UN, new byte[] { 1, 2, 3 })
        .Set(DicomTag.PixelData, DicomVR.OW, new byte[] { 1, 0, 2, 0, 3, 0, 4, 0 });

    internal static byte[] Bytes(TransferSyntax? syntax = null)
    {
        var stream = new MemoryStream();
        new DicomFile(Dataset(), syntax).Write(stream);
        return stream.ToArray();
    }

    internal static DicomDataset Compressed() => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage)
        .Set(DicomTag.SOPInstanceUID, "1.2.3.4.6")
        .Set(new DicomElement(DicomTag.PixelData, DicomVR.OB, [new DicomFragment(Array.Empty<byte>()), new DicomFragment(new byte[] { 1, 2, 3, 4 }), new DicomFragment(new byte[] { 5, 6 })]));
}
