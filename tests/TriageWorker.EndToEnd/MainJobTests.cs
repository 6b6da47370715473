using System.Text.Json.Nodes;
using Microsoft.Playwright;
using TriageWorker.Dicom;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.EndToEnd;

/// <summary>A study in, a flag out, with real peers at every door: once over the bus in memory, once over RabbitMQ.</summary>
public abstract class MainJobTests(OrthancFixture orthanc) : IAsyncDisposable
{
    private readonly TemporaryFolder _folder = new();

    protected virtual (string Key, string Value)[] Bus => [];

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        GC.SuppressFinalize(this);
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task A_study_goes_in_and_a_flag_comes_out()
    {
        await using var product = await StartAsync();

        // The plain one arrives first, so only a flag can bring another above it.
        var normal = await DrawAndPushAsync(product, MainJob.Small(seed: 101));
        var medium = await DrawAndPushAsync(product, MainJob.Small(seed: 102, MainJob.Medium));
        var freeAir = await DrawAndPushAsync(product, MainJob.Small(seed: 103, PhantomFindings.FreeAir));

        await SeeTheResultAsync(product, normal, "Negative", "None");
        await SeeTheResultAsync(product, medium, "Positive", "Medium");
        await SeeTheResultAsync(product, freeAir, "Positive", "High");
        await SeeTheListAsync(product, freeAir.StudyInstanceUid, medium.StudyInstanceUid, normal.StudyInstanceUid);
        await SeeTheBusAsync();
        (await product.StopAsync()).ShouldBe(0, product.Log);
    }

    [Fact]
    public async Task A_real_study_is_scored_and_its_report_is_as_valid_as_its_images()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        await using var product = await StartAsync();
        var images = Shared.At("data", "ct", "lidc0314_upper_abdomen");
        var image = Directory.EnumerateFiles(images, "*.dcm", SearchOption.AllDirectories).First();

        await product.PushFolderAsync(images);

        var studyUid = DicomFile.Read(image, DicomReadOptions.HeaderOnly).Dataset.GetString(DicomTag.StudyInstanceUID)!;
        var study = await product.DeliveredAsync(studyUid);
        study.State().ShouldBeOneOf("Positive", "Negative"); // what a demonstration model says of a patient means nothing
        await SeeTheReportAsync(study, studyUid, image);
        (await product.StopAsync()).ShouldBe(0, product.Log);
    }

    protected virtual Task SeeTheBusAsync() => Task.CompletedTask;

    /// <summary>Every phenotype is reported, however low its score, so that there are some to look at.</summary>
    private Task<Product> StartAsync() => Product.StartAsync(_folder.At("product"),
    [
        .. Bus, ("Delivery:PhenotypeThreshold", "0"),
        ("Destinations:0:Name", "pacs"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{orthanc.DicomPort}"),
        ("Destinations:0:CalledAe", OrthancFixture.Ae), ("Destinations:0:Demonstration", "true"),
    ]);

    private async Task<PhantomFiles> DrawAndPushAsync(Product product, PhantomSpec spec)
    {
        var files = PhantomDicom.Write(Phantom.Draw(spec), _folder.At($"{spec.Seed}"));
        await product.PushFolderAsync(_folder.At($"{spec.Seed}"));
        return files;
    }

    private async Task SeeTheResultAsync(Product product, PhantomFiles files, string state, string level)
    {
        var study = await product.DeliveredAsync(files.StudyInstanceUid);
        study.State().ShouldBe(state, study.Because());
        ((string)study["entry"]!["level"]!).ShouldBe(level, study.Because());
        await SeeTheReportAsync(study, files.StudyInstanceUid, files.Files[0]);
    }

    private async Task SeeTheReportAsync(JsonNode study, string studyUid, string image)
    {
        ((bool)study["entry"]!["demonstration"]!).ShouldBeTrue();
        var report = (await orthanc.FilesAsync(studyUid)).ShouldHaveSingleItem();
        (await ReceivedReport.ReadAsync(report, image, _folder)).ShouldSay(study);
    }

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
}

public sealed class MainJobInMemoryTests(OrthancFixture orthanc) : MainJobTests(orthanc), IClassFixture<OrthancFixture>;

public sealed class MainJobOverRabbitMqTests(OrthancFixture orthanc, RabbitMqFixture broker)
    : MainJobTests(orthanc), IClassFixture<OrthancFixture>, IClassFixture<RabbitMqFixture>
{
    protected override (string Key, string Value)[] Bus => [("Bus:Transport", "RabbitMq"), ("Bus:Uri", broker.Uri.ToString())];

    protected override async Task SeeTheBusAsync() => (await broker.ControlAsync("list_queues", "name", "type")).ShouldContain("triage.scoring\tquorum");
}
