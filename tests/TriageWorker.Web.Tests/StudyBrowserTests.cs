using System.Text.RegularExpressions;
using Microsoft.Playwright;
using TriageWorker.Triage;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>The study page as a person meets it.</summary>
public sealed class StudyBrowserTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Study = "1.2.826.20";

    public async ValueTask InitializeAsync()
    {
        var found = await server.Client.GetAsync($"/api/studies/{Study}", TestContext.Current.CancellationToken);
        if (found.IsSuccessStatusCode) return;
        await server.Studies.ArriveAsync(Study, "MÜLLER^KLARA", TimeProvider.System.GetUtcNow().AddMinutes(-30));
        await server.Studies.ScoreAsync(Study, ("free_air", 0.93), ("splenomegaly", double.NaN), ("effusion", 0.8));
        await server.Studies.DeliverAsync(Study);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task The_headline_says_the_outcome_its_reason_and_the_place_on_the_list()
    {
        var page = await OpenAsync();

        await Expect(page.Locator(".headline .badge")).ToHaveTextAsync("HIGH");
        await Expect(page.Locator(".headline .because")).ToHaveTextAsync("Free air 0.9300 (threshold 0.5000)");
        await Expect(page.Locator(".headline")).ToContainTextAsync("1st on the list");
        await Expect(page.Locator(".demonstration")).ToContainTextAsync(Sentences.Demonstration);
        await Expect(page.Locator(".limitation")).ToHaveTextAsync(Sentences.UseLimitation);
        await Chromium.PictureAsync(page, "study-light");
    }

    [Fact]
    public async Task Every_finding_has_its_score_and_what_is_not_in_use_raises_nothing()
    {
        var page = await OpenAsync();

        (await page.Locator(".findings tbody tr").EvaluateAllAsync<string[]>(
            "rows => rows.map(row => [...row.cells].map(cell => cell.innerText.trim().split('\\n')[0].trim()).filter(text => text).join(' '))"))
            .ShouldBe(["Free air 0.9300 0.5000 HIGH", "Ascites 0.1000 0.5000 below", "Splenomegaly no number 0.5000 not scored", "Pleural effusion 0.8000 – not in use here"]);
        (await page.Locator("[id='finding-free_air'] .tick").CountAsync()).ShouldBe(1);
        (await page.Locator("[id='finding-effusion'] .tick").CountAsync()).ShouldBe(0);
        (await page.Locator("[id='finding-splenomegaly'] circle").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task A_flagged_finding_names_the_slice_the_model_attended_to_and_no_other_does()
    {
        var page = await OpenAsync();

        await Expect(page.Locator("[id='finding-free_air'] th .sub")).ToHaveTextAsync("Model attention, not a location: slice 57 of 120 (z = -123 mm)");
        await Expect(page.Locator("[id='finding-free_air'] th a")).ToHaveAttributeAsync("href", $"/dicom-web/studies/{Study}/series/{Study}.1/instances/{Study}.1.2/rendered");
        (await page.Locator(".findings th[scope=row] .sub").CountAsync()).ShouldBe(1);
    }

    [Fact]
    public async Task Phenotypes_and_risks_stand_apart_and_say_that_they_are_no_diagnosis()
    {
        var page = await OpenAsync();

        var aside = page.Locator(".aside");
        await Expect(aside).ToContainTextAsync("Not a diagnosis, not calibrated; they never raise a priority.");
        await Expect(aside).ToContainTextAsync("Fatty liver");
        await Expect(aside).ToContainTextAsync("Osteoporosis within five years");
    }

    [Fact]
    public async Task Risks_that_come_after_the_decision_are_announced_and_then_there_on_page_and_in_json()
    {
        const string study = "1.2.826.21";
        await server.Studies.ArriveAsync(study, "SPÄTER^ROSA", TimeProvider.System.GetUtcNow().AddMinutes(-30));
        await server.Studies.ScoreUrgentlyAsync(study, ("free_air", 0.93));
        await server.Studies.DeliverAsync(study);

        var page = await chromium.OpenAsync($"{server.Address}/studies/{study}");
        await Expect(page.Locator(".headline .because")).ToHaveTextAsync("Free air 0.9300 (threshold 0.5000)");
        await Expect(page.Locator(".headline")).ToContainTextAsync("five-year risks are still to come");
        await Expect(page.Locator(".aside")).ToContainTextAsync("Still to come: they are computed after the urgent work.");
        await Expect(page.Locator(".aside")).Not.ToContainTextAsync("Osteoporosis");
        await Chromium.PictureAsync(page, "study-risks-to-come");
        (await ScoresAsync(study)).ShouldBe((0, "Still to come: they are computed after the urgent work."));

        await server.Studies.SettleRisksAsync(study);

        page = await chromium.OpenAsync($"{server.Address}/studies/{study}");
        await Expect(page.Locator(".aside")).ToContainTextAsync("Osteoporosis within five years");
        await Expect(page.Locator(".aside")).Not.ToContainTextAsync("Still to come");
        await Expect(page.Locator(".headline")).Not.ToContainTextAsync("five-year risks");
        await Expect(page.Locator(".timeline")).ToContainTextAsync("2 five-year risks, after the urgent work: model 4100 ms on CPU");
        await Expect(page.Locator(".timeline")).Not.ToContainTextAsync("result.extended");
        await Chromium.PictureAsync(page, "study-risks-there");
        (await ScoresAsync(study)).ShouldBe((1, null)); // the disputed one is on no channel
    }

    [Fact]
    public async Task Risks_that_do_not_come_say_why()
    {
        const string study = "1.2.826.22";
        await server.Studies.ArriveAsync(study, "OHNE^OTTO", TimeProvider.System.GetUtcNow().AddMinutes(-30));
        await server.Studies.ScoreUrgentlyAsync(study, ("free_air", 0.93));
        await server.Studies.SettleRisksAsync(study, "They could not be computed any more: of the 20 images that were scored 3 are not here any more.");

        var page = await chromium.OpenAsync($"{server.Address}/studies/{study}");
        await Expect(page.Locator(".aside")).ToContainTextAsync("They could not be computed any more: of the 20 images");
        await Expect(page.Locator(".timeline tbody th").Filter(new() { HasText = "No risks" })).ToHaveCountAsync(1);
    }

    private async Task<(int Risks, string? Remark)> ScoresAsync(string study)
    {
        var said = System.Text.Json.Nodes.JsonNode.Parse(await server.Client.GetStringAsync($"/api/studies/{study}", TestContext.Current.CancellationToken))!["scores"]!;
        return (said["risks"]!.AsArray().Count, (string?)said["risksRemark"]);
    }

    [Fact]
    public async Task Each_hop_is_on_the_timeline_in_order()
    {
        var page = await OpenAsync();

        (await page.Locator(".timeline tbody th").AllInnerTextsAsync()).ShouldBe(["First image", "Last image", "Closed", "Series chosen", "Selected", "Scored", "Decided", "Withheld", "Delivered"]);
        await Expect(page.Locator(".timeline")).ToContainTextAsync("model 350 ms");
    }

    [Fact]
    public async Task The_series_the_evidence_and_what_made_the_result_are_named()
    {
        var page = await OpenAsync();

        await Expect(page.Locator($"[id='series-{Study}.1']")).ToContainTextAsync("the thinnest axial series of the abdomen");
        await Expect(page.Locator("main")).ToContainTextAsync("association released, nothing for 5.0 s.");
        await Expect(page.Locator("main")).ToContainTextAsync(new string('a', 64));
        await Expect(page.Locator("main")).ToContainTextAsync(Studies.Policy.Digest);
        await page.Locator("summary").ClickAsync();
        await Expect(page.Locator(".audit")).ToContainTextAsync("decision.made");
    }

    [Fact]
    public async Task Deliveries_say_how_they_stand_and_the_report_can_be_fetched()
    {
        var page = await OpenAsync();

        var withheld = page.Locator("tr.delivery.withheld");
        await Expect(withheld).ToContainTextAsync("hospital-pacs");
        await Expect(withheld).ToContainTextAsync("not marked as a demonstration destination");
        var delivered = page.Locator("tr.delivery.delivered");
        await Expect(delivered).ToContainTextAsync("demo-pacs");
        var download = await page.RunAndWaitForDownloadAsync(() => delivered.Locator("a").ClickAsync());
        download.SuggestedFilename.ShouldBe($"{Study}.9.1.dcm");
        (await File.ReadAllBytesAsync(await download.PathAsync(), TestContext.Current.CancellationToken)).ShouldBe(System.Text.Encoding.ASCII.GetBytes($"the report of {Study}"));
    }

    [Theory]
    [InlineData("study-dark", 1440, ColorScheme.Dark)]
    [InlineData("study-narrow", 390, ColorScheme.Light)]
    public async Task The_page_fits_its_window(string name, int width, ColorScheme scheme)
    {
        var page = await chromium.OpenAsync($"{server.Address}/studies/{Study}", width, scheme: scheme);

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        await Chromium.PictureAsync(page, name);
    }

    [Fact]
    public async Task An_unknown_study_gets_a_page_that_says_so()
    {
        var page = await chromium.OpenAsync($"{server.Address}/studies/9.9.9");

        await Expect(page.Locator("h1")).ToHaveTextAsync("Not found");
        await Expect(page.Locator("main")).ToContainTextAsync("No image of study 9.9.9 has been received here.");
        await page.GetByText("Back to the worklist").ClickAsync();
        await Expect(page).ToHaveTitleAsync(new Regex("Worklist"));
    }

    private Task<IPage> OpenAsync() => chromium.OpenAsync($"{server.Address}/studies/{Study}");
}
