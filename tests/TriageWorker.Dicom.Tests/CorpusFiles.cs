using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests;

/// <summary>The real files that lie beside the repository: correct, odd and broken.</summary>
internal static class CorpusFiles
{
    internal static IEnumerable<string> All() =>
        Directory.EnumerateFiles(Shared.At("data", "corpus"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Shared.At("data", "ct"), "*.dcm", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);

    /// <summary>The file, or null when it is refused.</summary>
    internal static DicomFile? TryRead(string path, DicomReadOptions? options = null)
    {
        try
        {
            return DicomFile.Read(path, options);
        }
        catch (DicomFormatException)
        {
            return null;
        }
    }

    /// <summary>Where the data set begins: after the preamble, DICM and the last attribute of the meta.</summary>
    internal static int DataSetOffset(DicomFile file)
    {
        if (file.Meta.LastOrDefault() is { } last) return (int)(last.FileOffset + last.Length);
        return file.Remarks.Any(remark => remark.Kind == DicomRemarkKind.NoPreamble) ? 0 : 132;
    }
}
