using Microsoft.Playwright;
using TriageWorker.Triage;
using static Microsoft.Playwright.Assertions;

namespace TriageWorker.Web.Tests;

/// <summary>The worklist as a person meets it.</summary>
public sealed class WorklistBrowserTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Normal = "1.2.826.1", FreeAir = "1.2.826.2", Ascites = "1.2.826.3", Mr = "1.2.826.4", Arriving = "1.2.826.5", Stat = "1.2.826.6", Closed = "1.2.826.7";

    private static readonly string[] ByRank = [Stat, FreeAir, Ascites, Normal, Mr, Arriving, Closed];

    public async ValueTask InitializeAsync()
    {
        if ((await server.Client.GetStringAsync("/", TestContext.Current.CancellationToken)).Contains(Normal, StringComparison.Ordinal)) return;
        var start = TimeProvider.System.GetUtcNow().AddHours(-2);
        await server.Studies.ArriveAsync(Normal, "SMITH^ANNA", start);
        await server.Studies.ArriveAsync(Mr, "BROWN^BOB^^^MR", start.AddMinutes(10), description: null);
        await server.Studies.ArriveAsync(Arriving, "ÖZIL^<b>EVA</b>", start.AddMinutes(20), images: 7);
        await server.Studies.ArriveAsync(Closed, "WAITING^WALTER", start.AddMinutes(25));
        await server.Studies.ArriveAsync(FreeAir, "MÜLLER^KLARA", start.AddMinutes(30));
        await server.Studies.ArriveAsync(Ascites, "GARCIA MARQUEZ DE LA CONCORDIA^LUIS ALFONSO", start.AddMinutes(40), description: "CT Abdomen and Pelvis with contrast, portal venous phase");
        await server.Studies.ArriveAsync(Stat, "STAT^STELLA", start.AddMinutes(50), OrderClass.Stat);
        await server.Studies.ScoreAsync(Normal);
        await server.Studies.ScoreAsync(FreeAir, ("free_air", 0.93), ("ascites", 0.61));
        await server.Studies.ScoreAsync(Ascites, ("ascites", 0.74));
        await server.Studies.NotAnalysedAsync(Mr, "no CT series was received.");
        await server.Studies.CloseAsync(Closed);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Studies_stand_in_order_of_rank_and_none_is_missing()
    {
        var page = await chromium.OpenAsync(server.Address);

        (await RowIdsAsync(page)).ShouldBe(ByRank.Select(study => $"study-{study}"));
        (await page.Locator(".position").AllInnerTextsAsync()).ShouldBe(["1", "2", "3", "4", "5", "6", "7"]);
        await Chromium.PictureAsync(page, "worklist-light");
    }

    [Fact]
    public async Task Each_study_says_how_it_stands_and_why()
    {
        var page = await chromium.OpenAsync(server.Address);

        await Expect(Row(page, FreeAir).Locator(".badge")).ToHaveTextAsync("HIGH");
        (await Row(page, FreeAir).Locator(".flags li").AllInnerTextsAsync()).Select(Spaced).ShouldBe(["Free air 0.9300 threshold 0.5000", "Ascites 0.6100 threshold 0.5000"]);
        await Expect(Row(page, FreeAir).Locator(".moved")).ToHaveTextAsync("was 6th, now 2nd, because of free air and ascites");
        await Expect(Row(page, FreeAir).Locator(".patient a")).ToHaveTextAsync("MÜLLER, KLARA");
        await Expect(Row(page, Ascites).Locator(".badge")).ToHaveTextAsync("MEDIUM");
        await Expect(Row(page, Normal).Locator(".badge")).ToHaveTextAsync("negative");
        await Expect(Row(page, Normal).Locator(".why")).ToHaveTextAsync("None of 3 approved findings reached its threshold.");
        await Expect(Row(page, Mr).Locator(".badge")).ToHaveTextAsync("not analysed");
        await Expect(Row(page, Mr).Locator(".why")).ToHaveTextAsync("Not analysed because no CT series was received.");
        await Expect(Row(page, Arriving).Locator(".badge")).ToHaveTextAsync("waiting");
        await Expect(Row(page, Arriving).Locator(".why")).ToHaveTextAsync("7 images so far, more may come.");
        await Expect(Row(page, Closed).Locator(".why")).ToContainTextAsync("waiting to be scored");
        await Expect(Row(page, Stat).Locator(".order")).ToHaveTextAsync("stat order");
    }

    [Fact]
    public async Task What_an_image_says_is_text_and_never_markup()
    {
        var page = await chromium.OpenAsync(server.Address);

        await Expect(Row(page, Arriving).Locator(".patient a")).ToHaveTextAsync("ÖZIL, <b>EVA</b>");
        (await page.Locator("main b").CountAsync()).ShouldBe(0);
    }

    [Fact]
    public async Task The_use_limitation_and_the_demonstration_are_said_and_stay_in_view()
    {
        var page = await chromium.OpenAsync(server.Address, height: 420);
        await page.EvaluateAsync("window.scrollTo(0, document.body.scrollHeight)");

        await Expect(page.Locator(".limitation")).ToHaveTextAsync(Sentences.UseLimitation);
        await Expect(page.Locator(".limitation")).ToBeInViewportAsync();
        await Expect(page.Locator(".demonstration")).ToContainTextAsync(Sentences.Demonstration);
        (await page.Locator(".demo").CountAsync()).ShouldBe(3); // the scored ones, and no others
    }

    [Fact]
    public async Task Counts_are_given_for_every_state()
    {
        var page = await chromium.OpenAsync(server.Address);

        (await page.Locator(".totals div").AllInnerTextsAsync()).Select(Spaced).Select(text => string.Join(' ', text.Split(' ').Order(StringComparer.Ordinal)))
            .ShouldBe(["7 studies", "1 HIGH", "1 MEDIUM", "1 negative", "1 analysed not", "3 waiting"]);
        (await page.TitleAsync()).ShouldBe("(1 HIGH) Worklist – TriageWorker");
    }

    [Fact]
    public async Task The_list_is_walked_and_a_study_opened_by_keyboard_alone()
    {
        var page = await chromium.OpenAsync(server.Address);

        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("j");
        await page.Keyboard.PressAsync("k");
        await Expect(Row(page, FreeAir).Locator(".patient a")).ToBeFocusedAsync();
        await page.Keyboard.PressAsync("Enter");

        await Expect(page.Locator("h1")).ToHaveTextAsync("MÜLLER, KLARA");
    }

    [Theory]
    [InlineData("worklist-dark", 1440, ColorScheme.Dark)]
    [InlineData("worklist-large", 1920, ColorScheme.Dark)]
    [InlineData("worklist-middle", 1024, ColorScheme.Light)]
    [InlineData("worklist-narrow", 390, ColorScheme.Dark)]
    public async Task The_list_fits_its_window(string name, int width, ColorScheme scheme)
    {
        var page = await chromium.OpenAsync(server.Address, width, scheme: scheme);

        (await page.EvaluateAsync<int>("document.documentElement.scrollWidth")).ShouldBeLessThanOrEqualTo(width);
        await Expect(Row(page, FreeAir).Locator(".flags")).ToBeVisibleAsync();
        await Chromium.PictureAsync(page, name);
    }

    private static ILocator Row(IPage page, string study) => page.Locator($"[id='study-{study}']");

    private static async Task<IReadOnlyList<string>> RowIdsAsync(IPage page) =>
        await page.Locator(".worklist tbody tr").EvaluateAllAsync<string[]>("rows => rows.map(row => row.id)");

    private static string Spaced(string text) => string.Join(' ', text.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
}
