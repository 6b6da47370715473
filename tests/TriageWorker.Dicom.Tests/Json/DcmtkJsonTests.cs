using System.Globalization;
using System.Text.Json;
using TriageWorker.Dicom.Json;
using TriageWorker.Testing;
using static TriageWorker.Dicom.Tests.Json.JsonDifferences;

namespace TriageWorker.Dicom.Tests.Json;

/// <summary>What we write beside what DCMTK's dcm2json writes of the same files.</summary>
public sealed class DcmtkJsonTests
{
    private const int NoInlineBinaryForCompressedPixels = 81; // it writes all that comes before, and a comma
    private const int FastShare = 4; // a process for each file: every fourth, and all under --long

    /// <summary>Files that dcm2json refuses and we read.</summary>
    private static readonly string[] Refused =
    [
        "corpus/pydicom_test_files/J2K_pixelrep_mismatch.dcm", "corpus/pydicom_test_files/SC_rgb_jpeg.dcm", // implicit VR under an explicit syntax
    ];

    private static readonly (string Why, Func<Difference, bool> Is)[] Explained =
    [
        ("dcm2json has private dictionaries; without a VR in the file we leave UN", d => d.Vr == "UN" && d.Tag.IsPrivate),
        ("dcm2json leaves UN where the file says UN and the standard knows the attribute", d => !d.Tag.IsPrivate && d.Theirs?.Contains("{\"vr\":\"UN\"", StringComparison.Ordinal) == true),
        ("dcm2json leaves compressed pixel data out, and ends there", d => d.Theirs is null && d.Tag >= DicomTag.PixelData),
        ("dcm2json leaves the character set of items as it was, and writes ISO_IR 192 for one that is declared empty", d => d.Tag == DicomTag.SpecificCharacterSet),
        ("dcm2json drops the empty components at the end of a name", d => d.Vr == "PN" && d.Ours!.Contains("^\"", StringComparison.Ordinal) && !d.Theirs!.Contains("^\"", StringComparison.Ordinal)),
        ("dcm2json prints an FD one unit of the last place off; pydicom agrees with us", d => d.Vr == "FD" && AreNeighbours(d.Ours!, d.Theirs!)),
    ];

    [Fact]
    public async Task Every_readable_file_says_in_json_what_dcm2json_says()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var refused = new List<string>();
        var unexplained = new List<string>();
        var met = new HashSet<string>();
        var compared = 0;
        var number = 0;
        foreach (var (name, file) in RealFiles.All())
        {
            if (number++ % FastShare != 0 && !LongRun.IsOn) continue;
            using var theirs = await Dcm2JsonAsync(Shared.At("data", name));
            if (theirs is null)
            {
                refused.Add(name);
                continue;
            }
            using var ours = JsonDocument.Parse(file.Dataset.ToJson(RealFiles.Inline));
            compared += ours.RootElement.EnumerateObject().Count();
            foreach (var difference in Between(ours.RootElement, theirs.RootElement))
            {
                var why = Explained.FirstOrDefault(each => each.Is(difference)).Why;
                if (why is null) unexplained.Add($"{name}: {difference}");
                else met.Add(why);
            }
        }
        unexplained.ShouldBeEmpty();
        refused.Except(Refused).ShouldBeEmpty();
        compared.ShouldBeGreaterThan(4_000);
        if (!LongRun.IsOn) return;
        refused.ShouldBe(Refused);
        met.ShouldBe(Explained.Select(each => each.Why), ignoreOrder: true);
    }

    private static bool AreNeighbours(string ours, string theirs) =>
        double.Parse(ours, CultureInfo.InvariantCulture) is var a && double.Parse(theirs, CultureInfo.InvariantCulture) is var b
        && (Math.BitIncrement(a) == b || Math.BitDecrement(a) == b);

    private static async Task<JsonDocument?> Dcm2JsonAsync(string path)
    {
        using var process = ExternalTool.Start("dcm2json", ["-q", "-fc", path]);
        var complaints = process.StandardError.ReadToEndAsync(TestContext.Current.CancellationToken);
        var text = new MemoryStream();
        await process.StandardOutput.BaseStream.CopyToAsync(text, TestContext.Current.CancellationToken);
        await process.WaitForExitAsync(TestContext.Current.CancellationToken);
        await complaints;
        return process.ExitCode is 0 or NoInlineBinaryForCompressedPixels
            ? JsonDocument.Parse(text.ToArray(), new JsonDocumentOptions { AllowTrailingCommas = true })
            : null;
    }
}
