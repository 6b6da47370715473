using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TriageWorker.Dicom;
using TriageWorker.Models.Packages;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>The shipped package and an imported checkpoint read the same studies: one row on the list, and everything that is told names both.</summary>
public sealed class TwoPackagesTests(OrthancFixture orthanc) : IClassFixture<OrthancFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task Two_packages_come_to_one_verdict_and_page_verb_ledger_and_PACS_name_both()
    {
        var merlin = await ImportAsync();
        var (package, phantom) = (ModelPackage.Load(merlin), ModelPackage.Load(Repository.At("onnx", "phantom")));
        await using var product = await StartAsync(merlin, FindingDigest.All(package)["LUMP"]);
        var plain = await product.PushPhantomAsync(MainJob.Small(seed: 801));
        var study = await product.StudyAsync(plain, IsScoredTwice);

        study.State().ShouldBe("Positive", "what one package finds counts");
        study.Because().ShouldMatch($@"^Lump -?\d\.\d{{4}} \(threshold -2\.0000\)\. {package.Title}: positive\. {phantom.Title}: None of 4 approved findings reached its threshold\.$");
        ((string)study["provenance"]!["package"]!["id"]!).ShouldBe("merlin", "its word weighs most");
        var other = study["others"]!.AsArray().ShouldHaveSingleItem()!;
        ((string)other["provenance"]!["package"]!["id"]!, (string)other["provenance"]!["policyId"]!).ShouldBe(("phantom", "phantom-demonstration"));
        ((bool)study["entry"]!["demonstration"]!).ShouldBeFalse("a real package says it");
        Decisions(study).ShouldBe(["phantom negative", "merlin positive"]);
        var page = System.Net.WebUtility.HtmlDecode(await product.Http.GetStringAsync(new Uri($"studies/{plain}", UriKind.Relative)));
        page.ShouldContain($"Findings: {package.Title}");
        page.ShouldContain($"<h2>{phantom.Title}</h2>");
        await PictureAsync(new Uri(product.Pages, $"studies/{plain}"));
        var said = Flat((await product.TypeAsync("study", plain)).Expect().Output);
        said.ShouldContain("merlin: positive: Lump ");
        said.ShouldContain("phantom: negative: None of 4 approved findings reached its threshold.");
        (await PackagesOfReportsAsync(plain)).ShouldBe([package.Title, phantom.Title], ignoreOrder: true);
        (await product.StopAsync()).ShouldBe(0, product.Log);
    }

    [Fact]
    public async Task What_one_package_cannot_read_is_said_and_the_other_decides()
    {
        var merlin = await ImportAsync();
        ImportedMerlin.WantCoverage(merlin, 2_000);
        var (package, phantom) = (ModelPackage.Load(merlin), ModelPackage.Load(Repository.At("onnx", "phantom")));
        await using var product = await StartAsync(merlin, FindingDigest.All(package)["LUMP"]);
        var ill = await product.PushPhantomAsync(MainJob.Small(seed: 802, PhantomFindings.FreeAir));
        var study = await product.StudyAsync(ill, IsScoredTwice);

        (study.State(), (string)study["entry"]!["level"]!).ShouldBe(("Positive", "High"));
        study.Because().ShouldContain($"{phantom.Title}: positive. {package.Title}: Not analysed because ");
        Decisions(study).ShouldBe(["phantom positive", "merlin not_analysed"]);
        study["others"]!.AsArray().ShouldBeEmpty("it gave no result");
        Flat((await product.TypeAsync("study", ill)).Expect().Output).ShouldContain("merlin: not analysed: Not analysed because ");
        (await product.StopAsync()).ShouldBe(0, product.Log);
    }

    /// <summary>Light and dark, wide and narrow, to be looked at; nothing of the page may be wider than the window.</summary>
    private static async Task PictureAsync(Uri study)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-background-networking"] });
        Directory.CreateDirectory(Repository.At("artifacts", "screenshots"));
        foreach (var scheme in (ColorScheme[])[ColorScheme.Light, ColorScheme.Dark])
            foreach (var width in (int[])[1280, 400]) await PictureAsync(browser, study, scheme, width);
    }

    private static async Task PictureAsync(IBrowser browser, Uri study, ColorScheme scheme, int width)
    {
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = width, Height = 900 }, ColorScheme = scheme });
        await page.GotoAsync(study.ToString());
        await page.ScreenshotAsync(new() { Path = Repository.At("artifacts", "screenshots", $"two-packages-{scheme}-{width}.png"), FullPage = true });
        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
    }

    private static bool IsScoredTwice(JsonNode study) => Decisions(study).Count == 2 && MainJob.IsFinished(study);

    private static List<string> Decisions(JsonNode study) =>
        [.. study["audit"]!.AsArray().Where(line => (string)line!["event"]! == "decision.made").Select(line => JsonNode.Parse((string)line!["detail"]!)!).Select(detail => $"{detail["package"]} {detail["outcome"]}")];

    private async Task<List<string>> PackagesOfReportsAsync(string study)
    {
        var titles = new List<string>();
        foreach (var file in await orthanc.FilesAsync(study))
        {
            var path = _folder.At($"{Guid.NewGuid():n}.dcm");
            await File.WriteAllBytesAsync(path, file);
            titles.Add(DicomFile.Read(path).Dataset.GetSequence(DicomTag.ContributingEquipmentSequence)[0].GetString(DicomTag.ManufacturerModelName)!);
        }

        return titles;
    }

    private async Task<string> ImportAsync()
    {
        await File.WriteAllBytesAsync(_folder.At("default.pt"), SmallMerlin.Default().ToBytes());
        await File.WriteAllTextAsync(_folder.At("bank.json"), """
            { "schema": 1, "id": "site", "version": "1", "language": "en", "findings": [
              { "key": "LUMP", "label": "Lump", "code": { "value": "LUMP", "scheme": "99TRIAGE", "meaning": "Lump" }, "positive": ["a lump"], "negative": ["no lump"] } ] }
            """);
        (await TriageProgram.RunAsync("models", "import", "merlin", "--checkpoint", _folder.At("default.pt"), "--tokenizer", ImportedMerlin.Tokenizer(_folder.At("tokenizer")), "--text-heads", "2", "--text-window", "4",
            "--prompts", _folder.At("bank.json"), "--licence", "for tests", "--out", _folder.At("merlin"))).Expect();
        return _folder.At("merlin");
    }

    private async Task<Product> StartAsync(string merlin, string approvedFor)
    {
        await File.WriteAllTextAsync(_folder.At("policy.json"),
            $$"""{ "schema": 1, "id": "site", "version": "1", "package": "merlin", "findings": [ { "key": "LUMP", "level": "medium", "threshold": -2, "approvedFor": "{{approvedFor}}" } ] }""");
        return await Product.StartAsync(_folder.At("product"),
            ("Scoring:Packages:0:Folder", Repository.At("onnx", "phantom")), ("Scoring:Packages:1:Folder", merlin), ("Scoring:Packages:1:Policy", _folder.At("policy.json")), ("Intake:IdleTime", "00:00:01"),
            ("Destinations:0:Name", "pacs"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{orthanc.DicomPort}"), ("Destinations:0:CalledAe", OrthancFixture.Ae), ("Destinations:0:Demonstration", "true"));
    }

    // Lines are broken where the terminal ends.
    private static string Flat(string said) => string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
