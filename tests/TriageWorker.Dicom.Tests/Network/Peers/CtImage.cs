using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Small CT images that encoders take, each numbered image with its own UID, all of one series.</summary>
internal static class CtImage
{
    public const string StudyUid = "1.2.826.0.1.3680043.2.1125.20", SeriesUid = StudyUid + ".1";
    private const int Matrix = 32;

    /// <summary>DCMTK's tools that make another transfer syntax of a file, and which.</summary>
    public static IReadOnlyDictionary<string, (string Tool, string[] Options)> Makers { get; } = new Dictionary<string, (string, string[])>
    {
        [DicomUid.ExplicitVRLittleEndian] = ("dcmconv", ["+te"]),
        [DicomUid.ImplicitVRLittleEndian] = ("dcmconv", ["+ti"]),
        [DicomUid.ExplicitVRBigEndian] = ("dcmconv", ["+tb"]),
        [DicomUid.DeflatedExplicitVRLittleEndian] = ("dcmconv", ["+td"]),
        [DicomUid.RLELossless] = ("dcmcrle", []),
        [DicomUid.JPEGLosslessSV1] = ("dcmcjpeg", ["+e1"]),
        [DicomUid.JPEGLSLossless] = ("dcmcjpls", ["+el"]),
        [DicomUid.JPEGLSNearLossless] = ("dcmcjpls", ["+en"]),
    };

    public static string UidOf(int number) => $"{SeriesUid}.{number}";

    public static DicomDataset Dataset(int number)
    {
        var pixels = new byte[Matrix * Matrix * 2];
        for (var i = 0; i < pixels.Length; i++) pixels[i] = (byte)(i % 2 == 0 ? i * number / 7 : i % 4 / 2);
        return new DicomDataset()
            .Set(DicomTag.SpecificCharacterSet, "ISO_IR 192")
            .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, UidOf(number))
            .Set(DicomTag.StudyDate, "20260102").Set(DicomTag.StudyTime, "101112").Set(DicomTag.AccessionNumber, "ACC1").Set(DicomTag.Modality, "CT")
            .Set(DicomTag.ReferencedStudySequence, new DicomDataset()
                .Set(DicomTag.ReferencedSOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.ReferencedSOPInstanceUID, "1.2.3"))
            .Set(DicomTag.PatientName, "Müller^Jörg").Set(DicomTag.PatientID, "P-1")
            .Set(DicomTag.StudyInstanceUID, StudyUid).Set(DicomTag.SeriesInstanceUID, SeriesUid).Set(DicomTag.StudyID, "S1")
            .Set(DicomTag.SeriesNumber, 1).Set(DicomTag.InstanceNumber, number)
            .Set(DicomTag.SamplesPerPixel, 1).Set(DicomTag.PhotometricInterpretation, "MONOCHROME2").Set(DicomTag.Rows, Matrix).Set(DicomTag.Columns, Matrix)
            .Set(DicomTag.BitsAllocated, 16).Set(DicomTag.BitsStored, 16).Set(DicomTag.HighBit, 15).Set(DicomTag.PixelRepresentation, 0)
            .Set(DicomTag.PixelData, DicomVR.OW, pixels);
    }

    public static string Write(string path, int number, TransferSyntax? syntax = null)
    {
        new DicomFile(Dataset(number), syntax).Write(path);
        return path;
    }

    /// <summary>Several images, numbered from 1.</summary>
    public static List<string> WriteMany(TemporaryFolder folder, int count) => [.. Enumerable.Range(1, count).Select(number => Write(folder.At($"{number:000}.dcm"), number))];

    /// <summary>The image in a transfer syntax, encoded by DCMTK.</summary>
    public static async Task<string> EncodeAsync(TemporaryFolder folder, int number, string syntax)
    {
        var (tool, options) = Makers[syntax];
        var (plain, encoded) = (Write(folder.At($"plain-{number}.dcm"), number), folder.At($"encoded-{number}.dcm"));
        (await ExternalTool.RunAsync(tool, [.. options, plain, encoded])).Expect();
        File.Delete(plain);
        DicomFile.Read(encoded).TransferSyntax.Uid.ShouldBe(syntax);
        return encoded;
    }
}
