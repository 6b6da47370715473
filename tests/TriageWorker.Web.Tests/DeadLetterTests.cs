using System.Net;
using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Store;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>The dead letters as an administrator meets them, and as somebody who means no good does.</summary>
public sealed class DeadLetterTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Page = "/admin/dead-letters", Replay = Page + "/replay", Cause = "delivery/demo-pacs/status-c000";
    private static int s_last = 40;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public ValueTask InitializeAsync() => ValueTask.CompletedTask;

    // What a test leaves is replayed, so that each begins without.
    public async ValueTask DisposeAsync()
    {
        var letters = server.Services.GetRequiredService<DeadLetterStore>();
        while (await letters.LettersAsync(null, 1, Stop) is [{ } letter]) await letters.ReplayAsync(letter.Study, "test", Stop);
        await using var connection = await server.Services.GetRequiredService<Database>().OpenAsync(Stop);
        await connection.ExecuteAsync("update work set state = 'done' where state = 'due'", [], Stop);
    }

    [Fact]
    public async Task Without_any_the_page_says_so_and_every_page_leads_to_it()
    {
        var page = await chromium.OpenAsync(server.Address);
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Administration" }).ClickAsync();
        await page.GetByRole(Microsoft.Playwright.AriaRole.Link, new() { Name = "Dead letters" }).ClickAsync();

        await Expect(page.Locator("main")).ToContainTextAsync("None. Everything that ended has reached its purpose.");
    }

    [Fact]
    public async Task They_stand_by_cause_open_to_their_studies_and_one_or_all_are_replayed_with_a_press()
    {
        string[] studies = [await RefusedAsync(), await RefusedAsync(), await RefusedAsync()];
        var page = await chromium.OpenAsync(server.Address + Page, width: 1280, height: 800);

        await Expect(page.Locator(".causes tbody tr")).ToHaveCountAsync(1);
        await Expect(page.Locator(".causes tbody tr")).ToContainTextAsync("Delivery to demo-pacs: it answers 0xC000 (cannot understand)");
        await Expect(page).ToHaveTitleAsync("(3) Dead letters – TriageWorker");
        await page.Locator(".causes a").ClickAsync();
        await Expect(page.Locator(".letters tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".letters tbody tr").First).ToContainTextAsync("it answered 0xC000 (cannot understand).");
        await Chromium.PictureAsync(page, "dead-letters-1280");

        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = $"Replay study A{studies[1].Split('.')[^1]}" }).ClickAsync();
        await Expect(page.Locator(".done")).ToHaveTextAsync("1 study: 1 step or document is due again.");
        await Expect(page.Locator(".letters tbody tr")).ToHaveCountAsync(2);
        (await StateAsync(studies[1])).ShouldBe(("due", 0));
        (await ActorAsync(studies[1])).ShouldBe("page 127.0.0.1");

        await page.GetByRole(Microsoft.Playwright.AriaRole.Button, new() { Name = "Replay all 2" }).ClickAsync();
        await Expect(page.Locator(".done")).ToHaveTextAsync("2 studies: 2 steps or documents are due again.");
        foreach (var study in studies) (await StateAsync(study)).ShouldBe(("due", 0));
        await page.ReloadAsync(); // presses nothing
        await Expect(page.Locator(".done")).ToContainTextAsync("2 studies");
    }

    [Fact]
    public async Task On_a_phone_nothing_is_cut_off()
    {
        await RefusedAsync();
        var page = await chromium.OpenAsync($"{server.Address}{Page}?cause={Cause}", width: 390, height: 844);

        await Chromium.PictureAsync(page, "dead-letters-390");
        (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth && !one.matches('.skip, thead, thead *')).map(one => one.outerHTML.slice(0, 80))")).ShouldBeEmpty();
        (await page.Locator("button").EvaluateAllAsync<bool>("all => all.every(one => { const at = one.getBoundingClientRect(); return at.left >= 0 && at.right <= innerWidth; })")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_button_works_where_the_browser_runs_no_script()
    {
        var study = await RefusedAsync();
        using var answer = await PostAsync([("cause", Cause)], ("Sec-Fetch-Site", "same-origin"));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        answer.Headers.Location!.OriginalString.ShouldBe($"{Page}?cause={Uri.EscapeDataString(Cause)}&studies=1&due=1&superseded=0&waiting=0");
        (await StateAsync(study)).State.ShouldBe("due");
    }

    [Fact]
    public async Task Pressed_twice_or_by_two_at_once_it_is_done_once_and_the_others_are_told()
    {
        var study = await RefusedAsync();

        var answers = await Task.WhenAll(Enumerable.Range(0, 6).Select(_ => PostAsync([("study", study)], ("Sec-Fetch-Site", "same-origin"))));

        answers.Count(answer => answer.Headers.Location!.OriginalString.Contains("studies=1", StringComparison.Ordinal)).ShouldBe(1);
        using var late = await server.Client.GetAsync(answers.First(answer => answer.Headers.Location!.OriginalString.Contains("studies=0", StringComparison.Ordinal)).Headers.Location, Stop);
        (await late.Content.ReadAsStringAsync(Stop)).ShouldContain("Nothing was left to replay");
        foreach (var answer in answers) answer.Dispose();
    }

    [Theory]
    [InlineData("Sec-Fetch-Site", "cross-site")]
    [InlineData("Sec-Fetch-Site", "same-site")]
    [InlineData("Origin", "https://elsewhere.example")]
    [InlineData("Origin", "null")]
    [InlineData("X-Nothing", "said")]
    public async Task What_another_site_makes_a_browser_send_is_refused(string header, string value)
    {
        var study = await RefusedAsync();

        using var answer = await PostAsync([("study", study)], (header, value));

        answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldContain("Only a page of this product may do that");
        (await StateAsync(study)).State.ShouldBe("dead");
    }

    [Fact]
    public async Task A_browser_that_tells_only_its_origin_is_let_in_with_ours()
    {
        var study = await RefusedAsync();

        using var answer = await PostAsync([("study", study)], ("Origin", server.Address));

        answer.StatusCode.ShouldBe(HttpStatusCode.SeeOther);
        using var page = await server.Client.GetAsync(Page, Stop);
        page.Headers.GetValues("Referrer-Policy").ShouldBe(["same-origin"], "or it would be told as null");
    }

    [Theory]
    [InlineData("", HttpStatusCode.BadRequest)]
    [InlineData("study=", HttpStatusCode.BadRequest)]
    [InlineData("study=1.2.3.not-there", HttpStatusCode.SeeOther)]
    [InlineData("study=%00", HttpStatusCode.BadRequest)]
    [InlineData("cause=%ff'--%3Cscript", HttpStatusCode.SeeOther)]
    public async Task What_is_not_there_is_not_replayed(string body, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Replay) { Content = new StringContent(body, null, "application/x-www-form-urlencoded") };
        request.Headers.Add("Sec-Fetch-Site", "same-origin");

        using var answer = await server.Client.SendAsync(request, Stop);

        answer.StatusCode.ShouldBe(status);
    }

    private async Task<HttpResponseMessage> PostAsync((string Key, string Value)[] fields, (string Name, string Value) header)
    {
        using var request = new HttpRequestMessage(HttpMethod.Post, Replay)
        {
            Content = new FormUrlEncodedContent(fields.Select(field => new KeyValuePair<string, string>(field.Key, field.Value))),
        };
        request.Headers.Add(header.Name, header.Value);
        return await server.Client.SendAsync(request, Stop);
    }

    private async Task<string> RefusedAsync()
    {
        var study = $"1.2.826.{Interlocked.Increment(ref s_last)}";
        await server.Studies.ArriveAsync(study, "MEIER^ANNA", TimeProvider.System.GetUtcNow().AddHours(-1));
        await server.Studies.ScoreAsync(study, ("free_air", 0.93));
        await server.Studies.RefuseDeliveryAsync("it answered 0xC000 (cannot understand).");
        return study;
    }

    private async Task<(string State, int Attempts)> StateAsync(string study)
    {
        await using var connection = await server.Services.GetRequiredService<Database>().OpenAsync(Stop);
        return await connection.FirstAsync("select state, attempts from work where study_uid = $1 and stage = 'delivery'", [study], row => (row.GetString(0), row.GetInt32(1)), Stop);
    }

    private async Task<string?> ActorAsync(string study)
    {
        await using var connection = await server.Services.GetRequiredService<Database>().OpenAsync(Stop);
        return await connection.FirstAsync("select actor from audit where study_uid = $1 and event = 'dead-letter.replayed'", [study], row => row.GetString(0), Stop);
    }
}
