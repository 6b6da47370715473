using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom;

/// <summary>Writes Part 10 files (PS3.10, 7.1).</summary>
internal static class FileWriter
{
    private const int PreambleLength = 128;

    internal static void Write(DicomFile file, Stream stream)
    {
        var keeps = KeepsMeta(file);
        var meta = keeps ? file.Meta : MetaOf(file);
        using (var sink = new ByteSink(stream))
        {
            sink.Write(keeps ? file.Preamble!.Value.Span : new byte[PreambleLength]);
            sink.Write("DICM"u8);
            var writer = Writer(sink);
            if (!keeps) writer.WriteMeta(LengthOf(meta), keeps: false);
            writer.WriteMeta(meta, keeps);
        }
        DatasetCoding.Write(file.Dataset, stream, file.TransferSyntax);
    }

    /// <summary>Only of a file of which nothing was changed, and whose meta says in the right form what is true.</summary>
    private static bool KeepsMeta(DicomFile file) =>
        file is { Preamble: not null, Meta: { IsUntouched: true, ReadIn: { IsExplicit: true } }, Dataset.IsUntouched: true }
        && file.Meta.GetString(DicomTag.TransferSyntaxUID) == file.TransferSyntax.Uid && file.TransferSyntax == TransferSyntax.Of(file.TransferSyntax.Uid);

    private static DatasetWriter Writer(ByteSink sink) => new(sink, TransferSyntax.ExplicitVRLittleEndian, TextPlan.For(new DicomDataset()));

    private static DicomDataset LengthOf(DicomDataset meta)
    {
        using var counter = new ByteSink(null);
        Writer(counter).WriteMeta(meta, keeps: false);
        return new DicomDataset().Set(DicomTag.FileMetaInformationGroupLength, (int)counter.Count);
    }

    private static DicomDataset MetaOf(DicomFile file)
    {
        var meta = file.Meta.Clone();
        return meta
            .Remove(DicomTag.FileMetaInformationGroupLength)
            .Set(DicomTag.FileMetaInformationVersion, DicomVR.OB, new byte[] { 0, 1 })
            .Set(DicomTag.MediaStorageSOPClassUID, Required(file, DicomTag.SOPClassUID, DicomTag.MediaStorageSOPClassUID))
            .Set(DicomTag.MediaStorageSOPInstanceUID, Required(file, DicomTag.SOPInstanceUID, DicomTag.MediaStorageSOPInstanceUID))
            .Set(DicomTag.TransferSyntaxUID, file.TransferSyntax.Uid)
            .Set(DicomTag.ImplementationClassUID, Implementation.ClassUid)
            .Set(DicomTag.ImplementationVersionName, Implementation.Version);
    }

    private static string Required(DicomFile file, DicomTag tag, DicomTag metaTag) =>
        file.Dataset.GetString(tag) ?? file.Meta.GetString(metaTag) ?? throw new InvalidOperationException($"A file needs {tag}; the data set has none.");
}
