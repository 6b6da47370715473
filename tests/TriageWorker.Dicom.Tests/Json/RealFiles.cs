using TriageWorker.Dicom.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>Every file of the shared corpus that can be read, and some of each real series.</summary>
internal static class RealFiles
{
    private const int OfEachSeries = 2;

    /// <summary>All inline but compressed pixel data, which has to go by reference.</summary>
    internal static DicomJsonWriteOptions Inline { get; } = new() { InlineUpTo = long.MaxValue, BulkDataUri = (_, _) => new Uri("pixels", UriKind.Relative) };

    internal static IEnumerable<(string Name, DicomFile File)> All()
    {
        foreach (var path in Paths())
            if (TryRead(path) is { } file)
                yield return (Path.GetRelativePath(Shared.At("data"), path), file);
    }

    private static IEnumerable<string> Paths() =>
        Directory.EnumerateFiles(Shared.At("data", "corpus"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Shared.At("data", "ct"), "*.dcm", SearchOption.AllDirectories)
                .GroupBy(Path.GetDirectoryName).SelectMany(series => series.Order(StringComparer.Ordinal).Take(OfEachSeries)))
            .Order(StringComparer.Ordinal);

    private static DicomFile? TryRead(string path)
    {
        try
        {
            return DicomFile.Read(path);
        }
        catch (DicomFormatException)
        {
            return null; // CorpusTests knows which, and why
        }
    }
}
