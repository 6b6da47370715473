using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network.Scan;

/// <summary>The data set of a real file as it would travel, and what the file reader makes of it.</summary>
/// <param name="File">Null when the reader refuses it, for the reason in <paramref name="Refusal"/>.</param>
internal sealed record RealDataSet(string Name, ReadOnlyMemory<byte> Bytes, string TransferSyntax, DicomFile? File, string? Refusal)
{
    private const int OfEachSeries = 3;

    internal static IEnumerable<RealDataSet> All() =>
        Directory.EnumerateFiles(Shared.At("data", "corpus"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Shared.At("data", "ct"), "*.dcm", SearchOption.AllDirectories)
                .GroupBy(Path.GetDirectoryName).SelectMany(series => series.Order(StringComparer.Ordinal).Take(OfEachSeries)))
            .Order(StringComparer.Ordinal).Select(Read).OfType<RealDataSet>();

    /// <summary>Null for what is no DICOM file at all, and so never travels.</summary>
    private static RealDataSet? Read(string path)
    {
        var name = Path.GetRelativePath(Shared.At("data"), path);
        var bytes = System.IO.File.ReadAllBytes(path);
        var head = HeadOf(path);
        try
        {
            var file = DicomFile.Read(path);
            if (StartOf(file, head) is not { } start) return null;
            return new RealDataSet(name, bytes.AsMemory((int)start), file.Meta.GetString(DicomTag.TransferSyntaxUID) ?? file.TransferSyntax.Uid, file, null);
        }
        catch (DicomFormatException refused)
        {
            return head is null ? null : new RealDataSet(name, bytes.AsMemory((int)head.DataSetOffset), head.TransferSyntax, null, refused.Message);
        }
    }

    private static Part10Head? HeadOf(string path)
    {
        try
        {
            return Part10Head.Read(path);
        }
        catch (DicomNetworkException)
        {
            return null;
        }
    }

    /// <summary>Where the data set begins: by the group length of the meta or, without one, by where the first value lies.</summary>
    private static long? StartOf(DicomFile file, Part10Head? head)
    {
        if (head is not null) return head.DataSetOffset;
        if (file.Dataset.FirstOrDefault() is not { FileOffset: > 0 } first) return null;
        return first.FileOffset - (file.TransferSyntax.IsExplicitVR && first.VR.HasLongLength ? 12 : 8);
    }
}
