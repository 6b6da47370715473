using Microsoft.Extensions.DependencyInjection;
using Microsoft.Playwright;
using TriageWorker.Store;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>The spool as an administrator meets it.</summary>
public sealed class SpoolPageTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>
{
    private const string Address = "/admin/spool";

    private static readonly DateTimeOffset s_began = new(2026, 3, 1, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(1280, 900, ColorScheme.Light)]
    [InlineData(390, 844, ColorScheme.Dark)]
    public async Task It_shows_room_backlog_quarantine_reconciliation_and_retention_and_cuts_nothing_off(int width, int height, ColorScheme scheme)
    {
        await TellAsync();
        var page = await chromium.OpenAsync(server.Address + Address, width, height, scheme);

        await Expect(page.Locator("main")).ToContainTextAsync("120 GB of 500 GB");
        await Expect(page.Locator("main")).ToContainTextAsync("2.1 GB");
        await Expect(page.Locator("main")).ToContainTextAsync("17 files");
        await Expect(page.Locator("main")).ToContainTextAsync("12000 files and 11998 rows compared in 61 s: 2 files without a row adopted, 1 that were not whole set aside, 0 rows without a file, 0 back again.");
        await Expect(page.Locator("main")).ToContainTextAsync("Images go 30 days after the last of their study came.");
        await Expect(page.Locator("main")).ToContainTextAsync("612 images of 1 study removed. 2 had to stay: 2 because work is due for them.");
        await Expect(page.Locator(".quarantine tbody tr")).ToHaveCountAsync(2);
        await Expect(page.Locator(".quarantine")).ToContainTextAsync("its digest does not match its mark");
        await Expect(page.Locator("nav [aria-current=page]")).ToHaveTextAsync("Spool");
        await Chromium.PictureAsync(page, $"spool-{width}");
        (await page.EvaluateAsync<string[]>("[...document.querySelectorAll('body *')].filter(one => one.getBoundingClientRect().right > innerWidth && !one.matches('.skip, thead, thead *')).map(one => one.outerHTML.slice(0, 80))")).ShouldBeEmpty();
    }

    private async Task TellAsync()
    {
        var (states, spool) = (server.Services.GetRequiredService<SpoolStateStore>(), new Guid("01900000-0000-7000-8000-0000000000aa"));
        await states.NoteAsync(spool, "/var/lib/triage/spool", new SpoolFigures(120_000_000_000, 500_000_000_000, 2L << 30, false, 17, 2,
        [
            new("019a0000000070008000000000000001.part", 525_312, s_began, "its digest does not match its mark"),
            new("019a0000000070008000000000000002.part", 1_200, s_began, null),
        ], null, false), Stop);
        await states.NoteAsync(spool, "/var/lib/triage/spool", new ReconcileFigures(s_began, s_began.AddSeconds(61), 12_000, 12_000, 2, 1, 11_998, 0, 0), Stop);
        await states.NoteAsync(spool, "/var/lib/triage/spool", new RetentionRun(s_began, RetentionRule.Sentence(new RetentionOptions { Days = 30 }, new SpoolOptions()), 1, 2, 612, 322_000_000,
            120_000_000_000, new Dictionary<string, int> { ["work is due for them"] = 2 }), Stop);
    }
}
