using System.Text.Json;
using TriageWorker.Dicom.Json;
using TriageWorker.Testing;
using static TriageWorker.Dicom.Tests.Json.JsonDifferences;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>pydicom reads our JSON, and we read pydicom's: each finds there what it finds in the file itself.</summary>
public sealed class PydicomJsonTests : IDisposable
{
    private const string Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-pydicom

    private static readonly (string Why, Func<Difference, bool> Is)[] Explained =
    [
        ("we write ISO_IR 192, pydicom what the file declares", d => d.Tag == DicomTag.SpecificCharacterSet),
        ("compressed pixel data goes by reference with us; pydicom writes its items as they are", d => d.Tag == DicomTag.PixelData
            && (d.Theirs == "[]" || d.Ours is "[]" or "{\"vr\":\"OB\",\"BulkDataURI\":\"pixels\"}" or "{\"vr\":\"OW\",\"BulkDataURI\":\"pixels\"}")),
        ("pydicom leaves the words of big endian files as they are", d => d.Tag == DicomTag.PixelData && d.Ours!.Length == d.Theirs!.Length),
        ("pydicom writes no IS that is not a number", d => d.Path == "to_json" && d.Ours!.Contains("invalid literal for int", StringComparison.Ordinal)),
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Pydicom_and_we_read_from_each_others_json_what_each_reads_from_the_file()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var differences = new List<(string File, Difference Found)>();
        var names = RealFiles.All().Select(WriteOurs).ToList();
        names.Count.ShouldBeGreaterThan(200);
        differences.AddRange(await ReadByPydicomAsync(names));
        for (var i = 0; i < names.Count; i++)
            if (new FileInfo(Theirs(i)) is { Exists: true, Length: > 0 })
                differences.AddRange(ReadByUs(i).Select(difference => (names[i], difference)));

        differences.Where(each => !Explained.Any(why => why.Is(each.Found))).ShouldBeEmpty();
        Explained.Where(why => !differences.Any(each => why.Is(each.Found))).ShouldBeEmpty();
    }

    private string WriteOurs((string Name, DicomFile File) file, int number)
    {
        File.WriteAllBytes(Ours(number), file.File.Dataset.ToJson(RealFiles.Inline));
        return file.Name;
    }

    private async Task<IEnumerable<(string, Difference)>> ReadByPydicomAsync(List<string> names)
    {
        var list = _folder.At("list");
        await File.WriteAllLinesAsync(list, names.Select((name, i) => $"{name}\t{Shared.At("data", name)}\t{Ours(i)}\t{Theirs(i)}"), TestContext.Current.CancellationToken);
        var script = Repository.At("tests", "TriageWorker.Dicom.Tests", "Json", "pydicom_json.py");
        var said = (await ExternalTool.RunAsync(Python, script, list)).Expect().Output;
        return said.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).Select(parts => (parts[0], new Difference(parts[1], "", parts[2], parts.ElementAtOrDefault(3))));
    }

    private IEnumerable<Difference> ReadByUs(int number)
    {
        using var ours = JsonDocument.Parse(File.ReadAllBytes(Ours(number)));
        using var theirs = JsonDocument.Parse(DicomDataset.ParseJson(File.ReadAllBytes(Theirs(number))).ToJson(RealFiles.Inline));
        return [.. Between(ours.RootElement, theirs.RootElement)];
    }

    private string Ours(int number) => _folder.At($"{number}.ours.json");

    private string Theirs(int number) => _folder.At($"{number}.theirs.json");
}
