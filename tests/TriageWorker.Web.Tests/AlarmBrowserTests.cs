using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using TriageWorker.Store;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>Alarms as an administrator meets them, and as everybody else does.</summary>
public sealed class AlarmBrowserTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>, IAsyncLifetime
{
    private static readonly Alarm Spool = new("spool.failing", "node1:/var/spool", AlarmSeverity.Critical,
        "The spool's volume is failing: input/output error. Nothing more is taken by this process; scanners are told to come back. Look at the disk, then start the process again.");

    private static readonly Alarm Leases = new("work.expired", "node2", AlarmSeverity.Warning, "7 leases on work ran out within 10 minutes: <b>processes</b> end or fall silent over their work, again and again.");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var (alarms, plan, notices) = (server.Get<AlarmStore>(), server.Get<NoticePlan>(), server.Get<NoticeStore>());
        if ((await alarms.NewestAsync(1, Stop)).Count > 0) return;
        ChannelTerms[] channels = [new("pager", AlarmSeverity.Critical), new("mail", AlarmSeverity.Warning)];
        await alarms.SetAsync(new("broker.away", "", AlarmSeverity.Critical, "1000 or more wake-up tokens wait for the broker, the oldest since 2026-03-01 07:00:00 UTC."), Stop);
        await plan.MakeAsync(channels, TimeSpan.FromMinutes(15), Stop);
        foreach (var channel in channels) await notices.SentAsync((await notices.TakeAsync(channel.Name, TimeSpan.FromMinutes(1), Stop))!, channel.Name, "HTTP 204 No Content", Stop);
        await alarms.ClearAsync("broker.away", "", "Tokens are confirmed again.", Stop);
        await alarms.SetAsync(Leases, Stop);
        await alarms.SetAsync(Leases, Stop);
        await alarms.SetAsync(Spool, Stop);
        await plan.MakeAsync(channels, TimeSpan.FromMinutes(15), Stop);
        while (await notices.TakeAsync("mail", TimeSpan.FromMinutes(1), Stop) is { } notice)
            await notices.FailedAsync(notice, "SMTP 451: 4.3.0 try later", notice.Alarm.Kind == Leases.Kind ? null : TimeSpan.FromMinutes(1), null, Stop);
        while (await notices.TakeAsync("pager", TimeSpan.FromMinutes(1), Stop) is { } notice) await notices.SentAsync(notice, "pager", "HTTP 202 Accepted", Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Open_alarms_come_first_the_critical_ones_before_others_and_say_who_was_told_what()
    {
        var page = await chromium.OpenAsync($"{server.Address}/admin/alarms");

        (await page.Locator(".alarm strong").AllInnerTextsAsync()).ShouldBe(["spool.failing", "work.expired"]);
        await Expect(page.Locator(".alarm").First.Locator(".because")).ToHaveTextAsync(Spool.Sentence);
        await Expect(page.Locator(".alarm").First.Locator(".notices")).ToContainTextAsync("raised → pager: sent at");
        await Expect(page.Locator(".alarm").First.Locator(".notices .trouble")).ToContainTextAsync("raised → mail: failed once, tried again");
        await Expect(page.Locator(".alarm").Nth(1)).ToContainTextAsync("seen 2 times");
        await Expect(page.Locator(".alarm").Nth(1).Locator(".notices .trouble")).ToContainTextAsync("given up after 1 attempt");
        (await page.Locator("main b").CountAsync()).ShouldBe(0);
        await Expect(page.Locator(".history tbody tr", new() { HasText = "broker.away" })).ToContainTextAsync("Over: Tokens are confirmed again.");
        (await page.TitleAsync()).ShouldBe("(2 open) Alarms – TriageWorker");
    }

    [Theory]
    [InlineData("/"), InlineData("/admin/alarms"), InlineData("/no/such/page")]
    public async Task Every_page_says_that_a_critical_alarm_is_open_and_leads_there(string address)
    {
        var page = await chromium.OpenAsync($"{server.Address}{address}");

        await Expect(page.Locator(".critical-alarms")).ToContainTextAsync("1 critical alarm is open");
        await page.ClickAsync(".critical-alarms a");
        await Expect(page.Locator("h1")).ToHaveTextAsync("Alarms");
    }

    [Fact]
    public async Task A_page_read_right_after_a_change_shows_it()
    {
        var more = new Alarm("test.trouble", Guid.NewGuid().ToString(), AlarmSeverity.Critical, "It is gone.");
        (await server.Client.GetStringAsync("/", Stop)).ShouldContain("1 critical alarm is open");

        await server.Get<AlarmStore>().SetAsync(more, Stop);
        (await server.Client.GetStringAsync("/", Stop)).ShouldContain("2 critical alarms are open");

        await server.Get<AlarmStore>().ClearAsync(more.Kind, more.Subject, "It is back.", Stop);
        (await server.Client.GetStringAsync("/", Stop)).ShouldContain("1 critical alarm is open");
    }

    [Fact]
    public async Task An_open_page_shows_an_alarm_when_it_comes_and_lets_it_go_when_it_is_over()
    {
        var page = await chromium.OpenAsync(server.Address);
        await Expect(page.Locator("#live")).ToHaveTextAsync("live");
        var more = new Alarm("test.trouble", Guid.NewGuid().ToString(), AlarmSeverity.Critical, "It is gone.");

        await server.Get<AlarmStore>().SetAsync(more, Stop);
        await Expect(page.Locator(".critical-alarms")).ToContainTextAsync("2 critical alarms are open");

        await server.Get<AlarmStore>().ClearAsync(more.Kind, more.Subject, "It is back.", Stop);
        await Expect(page.Locator(".critical-alarms")).ToContainTextAsync("1 critical alarm is open");
    }

    [Fact]
    public async Task Administration_is_one_click_from_everywhere()
    {
        var page = await chromium.OpenAsync(server.Address);

        await page.ClickAsync("header nav a");

        page.Url.ShouldEndWith("/admin/alarms");
        await Expect(page.Locator(".sections a[aria-current=page]")).ToHaveTextAsync("Alarms");
    }

    [Fact]
    public async Task Programs_read_the_same()
    {
        using var answer = JsonDocument.Parse(await server.Client.GetStringAsync("/api/alarms", Stop));
        var open = answer.RootElement.GetProperty("open").EnumerateArray().Single(alarm => alarm.GetProperty("kind").GetString() == "spool.failing");
        open.GetProperty("severity").GetString().ShouldBe("Critical");
        open.GetProperty("notices").EnumerateArray().Select(notice => $"{notice.GetProperty("channel")} {notice.GetProperty("state")}").ShouldBe(["mail due", "pager sent"]);
        using var moved = await server.Client.GetAsync("/admin", Stop);
        (moved.StatusCode, moved.Headers.Location?.ToString()).ShouldBe((HttpStatusCode.Found, "/admin/alarms"));
    }

    [Theory]
    [InlineData("alarms-light", 1280, ColorScheme.Light)]
    [InlineData("alarms-dark", 1280, ColorScheme.Dark)]
    [InlineData("alarms-narrow-light", 390, ColorScheme.Light)]
    [InlineData("alarms-narrow-dark", 390, ColorScheme.Dark)]
    public async Task The_page_fits_its_window(string name, int width, ColorScheme scheme)
    {
        var page = await chromium.OpenAsync($"{server.Address}/admin/alarms", width, scheme: scheme);

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        await Chromium.PictureAsync(page, name);
    }
}
