using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>What pydicom reads from files: one process for all of them, one line for each element.</summary>
internal static class PydicomListing
{
    internal const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-pydicom
    private const string Examples = "/usr/lib/python3/dist-packages/pydicom/data/charset_files";

    /// <summary>The examples of character sets that come with pydicom.</summary>
    internal static IEnumerable<string> CharacterSetFiles() => Directory.Exists(Examples) ? Directory.EnumerateFiles(Examples, "*.dcm").Order(StringComparer.Ordinal) : [];

    internal static async Task<IEnumerable<(string Path, List<string> Lines)>> OfAsync(TemporaryFolder folder, IEnumerable<string> files)
    {
        var list = folder.At("list");
        await File.WriteAllLinesAsync(list, files, TestContext.Current.CancellationToken);
        var script = Repository.At("tests", "TriageWorker.Dicom.Tests", "DataSets", "pydicom_listing.py");
        return ByFile((await ExternalTool.RunAsync(Python, script, list)).Expect().Output);
    }

    private static IEnumerable<(string Path, List<string> Lines)> ByFile(string said)
    {
        List<string>? lines = null;
        var path = "";
        foreach (var line in said.Split('\n', StringSplitOptions.RemoveEmptyEntries))
        {
            if (!line.StartsWith("F\t", StringComparison.Ordinal))
            {
                lines!.Add(line);
                continue;
            }
            if (lines is not null) yield return (path, lines);
            (path, lines) = (line[2..], []);
        }
        if (lines is not null) yield return (path, lines);
    }
}
