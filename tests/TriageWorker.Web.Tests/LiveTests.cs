using Microsoft.Playwright;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>Changes reach an open page by themselves, and leave the reader where he is.</summary>
public sealed class LiveTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_arrival_and_its_decision_appear_without_reload_and_the_focus_stays()
    {
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        await server.Studies.ArriveAsync("1.2.1", "FIRST^F", start);
        var page = await chromium.OpenAsync(server.Address);
        await Expect(page.Locator("#live")).ToHaveTextAsync("live");
        await page.EvaluateAsync("window.sameDocument = true");
        await page.Locator("[id='open-1.2.1']").FocusAsync();

        await server.Studies.ArriveAsync("1.2.2", "SECOND^S", start.AddMinutes(5));
        await Expect(page.Locator("[id='study-1.2.2'] .badge")).ToHaveTextAsync("waiting");

        await server.Studies.ScoreAsync("1.2.2", ("free_air", 0.9));
        await Expect(page.Locator("[id='study-1.2.2'] .badge")).ToHaveTextAsync("HIGH");
        await Expect(page.Locator(".worklist tbody tr").First).ToHaveIdAsync("study-1.2.2");
        await Expect(page.Locator("[id='study-1.2.2']")).ToHaveClassAsync("changed");
        await Expect(page.Locator("[id='open-1.2.1']")).ToBeFocusedAsync();
        (await page.EvaluateAsync<bool>("window.sameDocument")).ShouldBeTrue();
    }

    [Fact]
    public async Task A_study_page_follows_its_study_and_keeps_open_what_was_opened()
    {
        await server.Studies.ArriveAsync("1.2.3", "THIRD^T", TimeProvider.System.GetUtcNow().AddHours(-3));
        var page = await chromium.OpenAsync($"{server.Address}/studies/1.2.3");
        await Expect(page.Locator("#live")).ToHaveTextAsync("live");
        await page.Locator("summary").ClickAsync();

        await server.Studies.NotAnalysedAsync("1.2.3", "the abdomen is not covered.");

        await Expect(page.Locator(".headline .because")).ToHaveTextAsync("Not analysed because the abdomen is not covered.");
        await Expect(page.Locator(".audit tbody")).ToContainTextAsync("decision.made");
        await Expect(page.Locator("details table.audit")).ToBeVisibleAsync();
    }

    [Fact]
    public async Task The_stream_opens_with_a_hello_and_tells_of_a_decision()
    {
        using var answer = await server.Client.GetAsync("/events", HttpCompletionOption.ResponseHeadersRead, Stop);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe("text/event-stream");
        using var lines = new StreamReader(await answer.Content.ReadAsStreamAsync(Stop));
        (await NextEventAsync(lines)).ShouldBe("hello");

        await server.Studies.ArriveAsync("1.2.4", "FOURTH^F", TimeProvider.System.GetUtcNow());
        (await NextEventAsync(lines)).ShouldBe("changed");
    }

    private static async Task<string> NextEventAsync(StreamReader lines)
    {
        while (await lines.ReadLineAsync(Stop) is { } line)
            if (line.StartsWith("event: ", StringComparison.Ordinal)) return line["event: ".Length..];
        return "end";
    }
}

/// <summary>In a class of its own because it stops its server.</summary>
public sealed class ReconnectTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>
{
    [Fact]
    public async Task A_page_says_that_it_lost_the_line_and_catches_up_by_itself()
    {
        var start = TimeProvider.System.GetUtcNow().AddHours(-1);
        await server.Studies.ArriveAsync("1.2.1", "FIRST^F", start);
        var page = await chromium.OpenAsync(server.Address);
        await Expect(page.Locator("#live")).ToHaveTextAsync("live");

        await server.StopAsync(); // it does not wait for the open page
        await Expect(page.Locator("#live")).ToHaveTextAsync("reconnecting");
        await server.StartAgainAsync();
        await server.Studies.ArriveAsync("1.2.2", "SECOND^S", start.AddMinutes(5));

        await Expect(page.Locator("#live")).ToHaveTextAsync("live");
        await Expect(page.Locator(".worklist tbody tr")).ToHaveCountAsync(2);
    }
}
