using Microsoft.Playwright;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>A study in, a flag out, with real peers at every door: once over the bus in memory, once over RabbitMQ.</summary>
public abstract class MainJobTests(OrthancFixture orthanc)
{
    protected async Task RunAsync(params (string Key, string Value)[] bus)
    {
        using var folder = new TemporaryFolder();
        await using var product = await Product.StartAsync(folder.Path, [.. bus, .. Destination("pacs", demonstration: true)]);

        // The plain one arrives first, so only a flag can bring another above it.
        var normal = await product.PushPhantomAsync(MainJob.Small(seed: 101));
        var effusion = await product.PushPhantomAsync(MainJob.Small(seed: 102, PhantomFindings.PleuralEffusion));
        var freeAir = await product.PushPhantomAsync(MainJob.Small(seed: 103, PhantomFindings.FreeAir));
        if (Shared.IsPresent) await product.PushFolderAsync(Shared.At("data", "ct", "lidc0314_upper_abdomen"));

        (await product.StudyAsync(normal, MainJob.IsFinished)).State().ShouldBe("Negative");
        (await product.StudyAsync(effusion, MainJob.IsFinished)).State().ShouldBe("Positive");
        var flagged = await product.StudyAsync(freeAir, MainJob.IsFinished);
        flagged.State().ShouldBe("Positive");
        ((string)flagged["entry"]!["level"]!).ShouldBe("High");
        ((bool)flagged["entry"]!["demonstration"]!).ShouldBeTrue();

        await SeeTheListAsync(product, freeAir, effusion, normal);
        await SeeTheReportAsync(freeAir, folder);
        if (Shared.IsPresent) await SeeTheRealOneAsync(product);
        (await product.StopAsync()).ShouldBe(0, product.Log);
    }

    private (string Key, string Value)[] Destination(string name, bool demonstration) =>
    [
        ("Destinations:0:Name", name), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{orthanc.DicomPort}"),
        ("Destinations:0:CalledAe", OrthancFixture.Ae), ("Destinations:0:Demonstration", demonstration ? "true" : "false"),
    ];

    private static async Task SeeTheListAsync(Product product, params string[] expectedOrder)
    {
        using var playwright = await Playwright.CreateAsync();
        await using var browser = await playwright.Chromium.LaunchAsync(new() { ExecutablePath = "/usr/bin/chromium", Args = ["--no-sandbox", "--disable-background-networking"] });
        var page = await browser.NewPageAsync(new() { ViewportSize = new() { Width = 1280, Height = 900 } });
        await page.GotoAsync(product.Pages.ToString());
        var links = await page.Locator("a[href*='/studies/']").EvaluateAllAsync<string[]>("links => links.map(link => link.getAttribute('href'))");
        var seen = links.Select(link => link.Split("/studies/")[1]).Distinct().Where(expectedOrder.Contains).ToArray();
        seen.ShouldBe(expectedOrder);
        (await page.ContentAsync()).ShouldContain(Triage.Sentences.UseLimitation);
        Directory.CreateDirectory(Repository.At("artifacts", "screenshots"));
        await page.ScreenshotAsync(new() { Path = Repository.At("artifacts", "screenshots", "worklist.png"), FullPage = true });
        await page.GotoAsync(new Uri(product.Pages, $"studies/{expectedOrder[0]}").ToString());
        (await page.ContentAsync()).ShouldContain("Free air", Case.Insensitive);
        await page.ScreenshotAsync(new() { Path = Repository.At("artifacts", "screenshots", "study.png"), FullPage = true });
    }

    private async Task SeeTheReportAsync(string studyUid, TemporaryFolder folder)
    {
        var report = (await orthanc.FilesAsync(studyUid)).ShouldHaveSingleItem();
        var path = folder.At("report.dcm");
        await File.WriteAllBytesAsync(path, report);
        (await ExternalTool.RunAsync("dciodvfy", path)).Output.ShouldNotContain("Error");
        var tree = (await ExternalTool.RunAsync("dsrdump", "+Pc", path)).Expect().Output;
        tree.ShouldContain("Comprehensive 3D SR Document");
        tree.ShouldContain("(TRIAGE_PRIORITY,99TRIAGE,\"AI triage priority\")=(PRIO_HIGH,99TRIAGE,\"High\")");
        tree.ShouldContain("(USE_LIMITATION,99TRIAGE,\"Use limitation\")");
        tree.ShouldContain("(FREE_AIR,99TRIAGE,");
        tree.ShouldContain("UNVERIFIED");
    }

    private static async Task SeeTheRealOneAsync(Product product)
    {
        var entries = (await product.WorklistAsync())["entries"]!.AsArray();
        var uid = (string)entries.Single(entry => !((string)entry!["studyUid"]!).StartsWith("2.25.", StringComparison.Ordinal))!["studyUid"]!;
        var real = await product.StudyAsync(uid, MainJob.IsFinished);
        real.State().ShouldBeOneOf("Positive", "Negative");
        ((bool)real["entry"]!["demonstration"]!).ShouldBeTrue();
    }
}

public sealed class MainJobInMemoryTests(OrthancFixture orthanc) : MainJobTests(orthanc), IClassFixture<OrthancFixture>
{
    [Fact]
    public Task A_study_goes_in_and_a_flag_comes_out() => RunAsync();
}

public sealed class MainJobOverRabbitMqTests(OrthancFixture orthanc, RabbitMqFixture broker)
    : MainJobTests(orthanc), IClassFixture<OrthancFixture>, IClassFixture<RabbitMqFixture>
{
    [Fact]
    public async Task A_study_goes_in_and_a_flag_comes_out()
    {
        await RunAsync(("Bus:Transport", "RabbitMq"), ("Bus:Uri", broker.Uri.ToString()));
        (await broker.ControlAsync("list_queues", "name", "type")).ShouldContain("triage.scoring\tquorum");
    }
}
