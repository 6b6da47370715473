using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>Real files: correct, odd and broken.</summary>
public sealed class CorpusTests
{
    /// <summary>Files that are no DICOM or are broken; all others must be read.</summary>
    private static readonly string[] Refused = [];

    [Fact]
    public void Every_file_of_the_corpus_is_read_or_refused_with_a_reason()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var refused = new List<string>();
        foreach (var path in Files())
        {
            try
            {
                DicomFile.Read(path);
                DicomFile.Read(path, DicomReadOptions.HeaderOnly);
            }
            catch (DicomFormatException why)
            {
                refused.Add($"{Path.GetRelativePath(Shared.At("data"), path)}: {why.Message}");
            }
        }
        string.Join('\n', refused).ShouldBe(string.Join('\n', Refused));
    }

    private static IEnumerable<string> Files() =>
        Directory.EnumerateFiles(Shared.At("data", "corpus"), "*", SearchOption.AllDirectories)
            .Concat(Directory.EnumerateFiles(Shared.At("data", "ct"), "*.dcm", SearchOption.AllDirectories))
            .Order(StringComparer.Ordinal);
}
