using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.DataSets;

/// <summary>All values of all readable files beside those that pydicom reads. What dcm2json reads of them is compared by <c>DcmtkJsonTests</c>.</summary>
public sealed class PydicomAgreementTests : IDisposable
{
    private const int FastShare = 24; // of the series, whose slices are much alike; the corpus always

    /// <summary>Where the two differ, and why ours is meant.</summary>
    private static readonly (string Why, Func<Difference, bool> Is)[] Explained =
    [
        ("a group length is UL in private groups too (PS3.5, 7.2); pydicom leaves UN where the file has no VR", d => d.Path.EndsWith("0000", StringComparison.Ordinal) && d.Ours.StartsWith("UL ", StringComparison.Ordinal) && d.Theirs.StartsWith("UN ", StringComparison.Ordinal)),
        ("pydicom drops the empty component group at the end of a name", d => d.Ours == d.Theirs + "=" && d.Ours.StartsWith("PN ", StringComparison.Ordinal)),
    ];

    private readonly TemporaryFolder _folder = new();

    private sealed record Difference(string File, string Path, string Ours, string Theirs)
    {
        public override string ToString() => $"{System.IO.Path.GetFileName(File)} {Path}: {Cut(Ours)} | {Cut(Theirs)}";

        private static string Cut(string text) => text.Length > 120 ? text[..120] : text;
    }

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_value_of_every_readable_file_is_the_one_that_pydicom_reads()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var readable = new Dictionary<string, DicomFile>();
        var number = 0;
        foreach (var path in CorpusFiles.All())
        {
            var isSeries = path.StartsWith(Shared.At("data", "ct"), StringComparison.Ordinal);
            if (isSeries && number++ % FastShare != 0 && !LongRun.IsOn) continue;
            if (CorpusFiles.TryRead(path) is { } file) readable[path] = file;
        }
        foreach (var path in PydicomListing.CharacterSetFiles()) readable[path] = DicomFile.Read(path);

        var differences = new List<Difference>();
        foreach (var (path, lines) in await PydicomListing.OfAsync(_folder, readable.Keys)) differences.AddRange(Between(path, [.. Listing(readable[path].Dataset, "")], lines));
        var unexplained = differences.Where(difference => !Explained.Any(why => why.Is(difference))).ToList();
        string.Join('\n', unexplained.DistinctBy(each => (each.Path, each.Ours)).Take(120)).ShouldBeEmpty($"{unexplained.Count} differences");
        Explained.Where(why => !differences.Any(why.Is)).Select(why => why.Why).ShouldBeEmpty("explanations that explain nothing");
    }

    private static IEnumerable<Difference> Between(string file, List<(string Path, string Said)> ours, List<string> lines)
    {
        var theirs = new Dictionary<string, string>();
        foreach (var line in lines)
        {
            if (line.StartsWith("X\t", StringComparison.Ordinal)) yield return new Difference(file, "", "", line);
            else if (JsonSerializer.Deserialize<JsonElement[]>(line) is [var path, var vr, var values]) theirs[path.GetString()!] = $"{vr.GetString()} {Said(values)}";
        }
        foreach (var (path, said) in ours)
        {
            if (!theirs.Remove(path, out var their)) yield return new Difference(file, path, said, "");
            else if (said != their) yield return new Difference(file, path, said, their);
        }
        foreach (var (path, said) in theirs) yield return new Difference(file, path, "", said);
    }

    private static string Said(JsonElement values) =>
        string.Join('\\', values.EnumerateArray().Select(value => value.ValueKind == JsonValueKind.Number ? Number(value.GetDouble()) : value.GetString()));

    private static string Number(double value) => value.ToString("R", CultureInfo.InvariantCulture);

    private static IEnumerable<(string Path, string Said)> Listing(DicomDataset dataset, string path)
    {
        foreach (var element in dataset)
        {
            var here = $"{path}{element.Tag.Value:X8}";
            yield return (here, $"{element.VR} {Values(element, dataset)}");
            for (var i = 0; i < element.Items.Count; i++)
                foreach (var below in Listing(element.Items[i], $"{here}/{i}/"))
                    yield return below;
        }
    }

    private static string Values(DicomElement element, DicomDataset dataset)
    {
        if (element.VR == DicomVR.SQ) return Number(element.Items.Count);
        if (element.IsEncapsulated) return string.Join('\\', element.Fragments.Select(fragment => Digest(fragment.Bytes)));
        if (element.VR.IsText) return string.Join('\\', dataset.GetStrings(element.Tag).Select(text => text.Trim(' ', '\0')));
        if (element.VR is DicomVR.OB or DicomVR.OW or DicomVR.OD or DicomVR.OF or DicomVR.OL or DicomVR.OV or DicomVR.UN) return element.Length == 0 ? "" : Digest(element.Bytes);
        return string.Join('\\', dataset.GetDoubles(element.Tag).Select(Number));
    }

    private static string Digest(ReadOnlyMemory<byte> bytes) => Convert.ToHexStringLower(SHA256.HashData(bytes.Span));
}
