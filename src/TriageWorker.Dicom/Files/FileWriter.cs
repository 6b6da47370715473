using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom;

/// <summary>Writes Part 10 files (PS3.10, 7.1).</summary>
internal static class FileWriter
{
    private const int PreambleLength = 128;

    internal static void Write(DicomFile file, Stream stream)
    {
        var syntax = file.TransferSyntax;
        var meta = MetaOf(file, syntax);
        stream.Write(new byte[PreambleLength]);
        stream.Write("DICM"u8);
        var metaBytes = new MemoryStream();
        new DatasetWriter(metaBytes, TransferSyntax.ExplicitVRLittleEndian).Write(meta);
        var length = new DicomDataset().Set(DicomTag.FileMetaInformationGroupLength, (int)metaBytes.Length);
        new DatasetWriter(stream, TransferSyntax.ExplicitVRLittleEndian).Write(length, keepGroupLengths: true);
        metaBytes.WriteTo(stream);
        DatasetCoding.Write(file.Dataset, stream, syntax);
    }

    private static DicomDataset MetaOf(DicomFile file, TransferSyntax syntax)
    {
        var meta = file.Meta.Clone();
        return meta
            .Remove(DicomTag.FileMetaInformationGroupLength)
            .Set(DicomTag.FileMetaInformationVersion, DicomVR.OB, new byte[] { 0, 1 })
            .Set(DicomTag.MediaStorageSOPClassUID, Required(file, DicomTag.SOPClassUID, DicomTag.MediaStorageSOPClassUID))
            .Set(DicomTag.MediaStorageSOPInstanceUID, Required(file, DicomTag.SOPInstanceUID, DicomTag.MediaStorageSOPInstanceUID))
            .Set(DicomTag.TransferSyntaxUID, syntax.Uid)
            .Set(DicomTag.ImplementationClassUID, Implementation.ClassUid)
            .Set(DicomTag.ImplementationVersionName, Implementation.Version);
    }

    private static string Required(DicomFile file, DicomTag tag, DicomTag metaTag) =>
        file.Dataset.GetString(tag) ?? file.Meta.GetString(metaTag) ?? throw new InvalidOperationException($"A file needs {tag}; the data set has none.");
}
