using System.Net;
using System.Text.Json;
using Microsoft.Playwright;
using TriageWorker.Dicom;
using TriageWorker.Store;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>The callers as an administrator meets them.</summary>
public sealed class CallerPageTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>, IAsyncLifetime
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var store = server.Get<CallerStore>();
        if ((await store.ListAsync(Stop)).Count > 0) return;
        var now = await store.NowAsync(Stop);
        for (var hour = 0; hour < 150; hour++)
        {
            var at = now.AddHours(-hour);
            var objects = at.Hour is >= 6 and < 18 ? 400 + hour * 37 % 900 : 20;
            await store.AddAsync(
            [
                News("CT1", "CT 1, radiology <1>", at, objects, wait: 0.4, syntax: DicomUid.JPEGLSLossless, pdu: 131072),
                News("CT2", "CT 2, emergency", at, objects / 3 + 1, wait: 41, syntax: DicomUid.ExplicitVRLittleEndian, pdu: 16384),
            ], now, Stop);
        }

        await store.AddAsync([new CallerNews(new("WS7", null, "10.1.9.7", "", IsSecured: true, 4096, 0), now, new CallerVolume { Associations = 3, Aborted = 2 }, null, now, "nothing came for too long", new Dictionary<string, int>())], now, Stop);
        await server.Get<RefusedCallerStore>().AddAsync("STRANGER", "TRIAGE", "10.66.0.1", "rejected for good: calling AE title not recognised", 12, Stop);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Each_caller_is_a_row_with_what_is_to_be_mended_and_those_not_let_in_are_told_below()
    {
        var page = await chromium.OpenAsync($"{server.Address}/admin/callers");
        await Expect(page.Locator(".callers tbody tr")).ToHaveCountAsync(3);
        await Expect(page.Locator(".callers tbody tr").First).ToContainTextAsync("CT 1, radiology <1>");
        await Expect(page.Locator(".callers tbody tr").Nth(1)).ToContainTextAsync("have it set TCP_NODELAY");
        await Expect(page.Locator(".callers tbody tr").Nth(2)).ToContainTextAsync("2 of 3 associations of WS7 within a week were broken off");
        await Expect(page.Locator(".refused tbody tr")).ToContainTextAsync("STRANGER");
        await Expect(page.Locator(".sections a[aria-current]")).ToHaveTextAsync("Callers");
    }

    [Fact]
    public async Task A_caller_opens_to_its_line_its_hours_and_its_syntaxes()
    {
        var page = await chromium.OpenAsync($"{server.Address}/admin/callers");
        await page.GetByRole(AriaRole.Link, new() { Name = "CT 2, emergency" }).ClickAsync();
        await Expect(page.Locator("h1")).ToHaveTextAsync("CT 2, emergency");
        await Expect(page.Locator(".verdicts .mend").First).ToContainTextAsync("waits 42 ms at every image");
        (await page.Locator(".hours rect").CountAsync()).ShouldBeInRange(120, 150);
        await Expect(page.Locator(".syntaxes tbody tr")).ToContainTextAsync("Explicit VR Little Endian");
        await Expect(page.Locator(".days tbody tr").First).ToBeVisibleAsync();
    }

    [Theory, InlineData(1440, ColorScheme.Light), InlineData(1440, ColorScheme.Dark), InlineData(390, ColorScheme.Light), InlineData(390, ColorScheme.Dark)]
    public async Task Pages_fit_their_width_in_light_and_dark(int width, ColorScheme scheme)
    {
        foreach (var (address, name) in new[] { ("/admin/callers", "callers"), ("/admin/callers/CT2", "caller") })
        {
            var page = await chromium.OpenAsync(server.Address + address, width, scheme: scheme);
            (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width, name);
            await Chromium.PictureAsync(page, $"{name}-{width}-{scheme}");
        }
    }

    [Fact]
    public async Task Programs_get_the_same_and_a_title_that_nobody_has_is_missing()
    {
        using var json = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/api/callers", UriKind.Relative), Stop));
        json.RootElement.GetProperty("callers").EnumerateArray().Select(caller => caller.GetProperty("title").GetString()).ShouldBe(["CT1", "CT2", "WS7"]);
        using var one = JsonDocument.Parse(await server.Client.GetStringAsync(new Uri("/api/callers/CT2", UriKind.Relative), Stop));
        one.RootElement.GetProperty("waitMilliseconds").GetDouble().ShouldBe(41, 0.001);
        one.RootElement.GetProperty("hours").GetArrayLength().ShouldBe(150);
        (await server.Client.GetAsync(new Uri("/api/callers/NOBODY", UriKind.Relative), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await server.Client.GetAsync(new Uri("/admin/callers/NOBODY", UriKind.Relative), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    private static CallerNews News(string title, string name, DateTimeOffset at, int objects, double wait, string syntax, uint pdu) => new(
        new(title, name, "10.1.2.3", "OFFIS_DCMTK_367", IsSecured: false, 16384, pdu), at, new CallerVolume(4, 0, objects / 100 + 1, objects, 0, objects * 525_000L,
            new(TimeSpan.FromMilliseconds(objects), TimeSpan.FromMilliseconds(objects * 3.0), TimeSpan.FromMilliseconds(objects), TimeSpan.FromMilliseconds(objects * wait), objects, wait > 30 ? objects : 0)),
        at, null, null, new Dictionary<string, int> { [syntax] = objects });
}
