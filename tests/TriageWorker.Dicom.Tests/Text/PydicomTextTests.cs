using System.Text.Json;
using TriageWorker.Dicom.Tests.DataSets;
using TriageWorker.Dicom.Text;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Text;

/// <summary>Every character of every character set beside what pydicom (Python's codecs) reads from the same bytes.</summary>
public sealed class PydicomTextTests : IDisposable
{
    private static readonly (string Terms, string Escape, bool Double, bool High)[] Sets =
    [
        ("ISO_IR 100", "", false, true), ("ISO_IR 101", "", false, true), ("ISO_IR 109", "", false, true), ("ISO_IR 110", "", false, true), ("ISO_IR 144", "", false, true),
        ("ISO_IR 127", "", false, true), ("ISO_IR 126", "", false, true), ("ISO_IR 138", "", false, true), ("ISO_IR 148", "", false, true), ("ISO_IR 203", "", false, true),
        ("ISO_IR 166", "", false, true), ("ISO_IR 13", "", false, true),
        (@"\ISO 2022 IR 100", "2D41", false, true), (@"\ISO 2022 IR 101", "2D42", false, true), (@"\ISO 2022 IR 109", "2D43", false, true), (@"\ISO 2022 IR 110", "2D44", false, true),
        (@"\ISO 2022 IR 144", "2D4C", false, true), (@"\ISO 2022 IR 127", "2D47", false, true), (@"\ISO 2022 IR 126", "2D46", false, true), (@"\ISO 2022 IR 138", "2D48", false, true),
        (@"\ISO 2022 IR 148", "2D4D", false, true), (@"\ISO 2022 IR 203", "2D62", false, true), (@"\ISO 2022 IR 166", "2D54", false, true), (@"\ISO 2022 IR 13", "2949", false, true),
        (@"\ISO 2022 IR 87", "2442", true, false), (@"\ISO 2022 IR 159", "242844", true, false), (@"\ISO 2022 IR 149", "242943", true, true), (@"\ISO 2022 IR 58", "242941", true, true),
        ("GBK", "", true, true), ("GB18030", "", true, true),
    ];

    /// <summary>Where the tables differ.</summary>
    private static readonly string[] Explained =
    [
        "1B2428442237", "1B2428442271", // the tilde and the numero sign of JIS X 0212, which .NET's table does not have
    ];

    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Every_character_of_every_set_is_the_one_that_pydicom_reads()
    {
        Assert.SkipUnless(PydicomListing.CharacterSetFiles().Any(), "pydicom is not here: install python3-pydicom.");
        var values = Sets.SelectMany(set => Values(set.Escape, set.Double, set.High, set.Terms).Select(value => (set.Terms, Value: value))).ToList();
        var list = _folder.At("list");
        await File.WriteAllLinesAsync(list, values.Select(each => $"{each.Terms}\t{Convert.ToHexString(each.Value)}"), TestContext.Current.CancellationToken);
        var script = Repository.At("tests", "TriageWorker.Dicom.Tests", "Text", "pydicom_text.py");
        var theirs = (await ExternalTool.RunAsync(PydicomListing.Python, script, list)).Expect().Output.Split('\n').Where(line => line is "null" or ['"', ..]).ToArray(); // and not what it complains of

        theirs.Length.ShouldBe(values.Count);
        var known = 0;
        var different = new List<string>();
        for (var i = 0; i < theirs.Length; i++)
        {
            if (JsonSerializer.Deserialize<string>(theirs[i]) is not { } their) continue;
            known++;
            var ours = CharacterSet.Of(values[i].Terms.Split('\\')).Decode(values[i].Value, DicomVR.UT);
            if (ours != their) different.Add($"{values[i].Terms}: {Convert.ToHexString(values[i].Value)} {Said(ours)} {Said(their)}");
        }
        known.ShouldBeGreaterThan(40_000);
        different.RemoveAll(each => Explained.Any(why => each.Contains(why, StringComparison.Ordinal)));
        string.Join('\n', different.GroupBy(each => each.Split(':')[0]).SelectMany(set => set.Take(30).Append($"  {set.Count()} in all"))).ShouldBeEmpty($"{different.Count} of {known}");
    }

    /// <summary>Each character alone: all bytes of the upper half, or all pairs of bytes.</summary>
    private static IEnumerable<byte[]> Values(string escape, bool isDouble, bool isHigh, string terms)
    {
        byte[] start = escape.Length > 0 ? [0x1B, .. Convert.FromHexString(escape)] : [];
        if (!isDouble) return Enumerable.Range(0xA0, 0x60).Select(value => (byte[])[.. start, (byte)value]);
        var isGbk = terms is "GBK" or "GB18030";
        var rows = isGbk ? Enumerable.Range(0x81, 126) : Enumerable.Range(isHigh ? 0xA1 : 0x21, 94);
        var cells = isGbk ? Enumerable.Range(0x40, 0xBF).Where(cell => cell != 0x7F) : Enumerable.Range(isHigh ? 0xA1 : 0x21, 94);
        return rows.SelectMany(row => cells.Select(cell => (byte[])[.. start, (byte)row, (byte)cell]));
    }

    private static string Said(string text) => string.Join(' ', text.EnumerateRunes().Select(rune => $"{rune} U+{rune.Value:X4}"));
}
