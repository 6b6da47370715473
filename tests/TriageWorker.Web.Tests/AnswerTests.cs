using System.Net;
using System.Text.Json;
using TriageWorker.Triage;

namespace TriageWorker.Web.Tests;

/// <summary>What the role answers to programs, and what it tells browsers.</summary>
public sealed class AnswerTests(WebServer server) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Scored = "1.2.826.1", Silent = "1.2.826.9";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        if ((await GetAsync($"/api/studies/{Scored}")).StatusCode == HttpStatusCode.OK) return;
        var start = TimeProvider.System.GetUtcNow().AddHours(-9);
        for (var i = 101; i < 221; i++) await server.Studies.ArriveAsync($"1.2.826.{i}", $"NUMBER^{i}", start.AddMinutes(i), images: 1);
        await server.Studies.ArriveAsync("1.2.827.102", "OTHER^ONE", start.AddMinutes(222)); // the accession number of another
        await server.Studies.ArriveAsync(Scored, "<script>alert(1)</script>^\"'&", start.AddHours(4));
        await server.Studies.ScoreAsync(Scored, ("free_air", 0.9), ("splenomegaly", double.NaN));
        await server.Studies.ArriveAsync(Silent, "SILENT^STUDY", start.AddHours(5));
        await server.Studies.ScoreSilentlyAsync(Silent);
    }

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Pages_by_rank_hold_every_study_exactly_once()
    {
        var seen = new List<(long Position, string Study)>();
        for (string? after = ""; after is not null;)
        {
            using var page = await JsonAsync($"/api/worklist?after={after}");
            seen.AddRange(page.RootElement.GetProperty("entries").EnumerateArray().Select(entry => (entry.GetProperty("position").GetInt64(), entry.GetProperty("studyUid").GetString()!)));
            after = page.RootElement.GetProperty("next").GetString();
        }

        seen.Select(entry => entry.Position).ShouldBe(Enumerable.Range(1, 123).Select(position => (long)position));
        seen.Select(entry => entry.Study).Distinct().Count().ShouldBe(123);
        seen[0].Study.ShouldBe(Scored);
    }

    [Fact]
    public async Task The_page_leads_on_to_the_next_and_back_to_the_first()
    {
        var first = await TextAsync("/");
        var next = first.Split("rel=\"next\" href=\"")[1].Split('"')[0];

        (first.Split("<tr id=").Length - 1).ShouldBe(50);
        (await TextAsync(next)).ShouldContain("First page");
    }

    [Fact]
    public async Task Results_say_in_JSON_too_that_they_are_unverified()
    {
        using var list = await JsonAsync("/api/worklist");
        using var study = await JsonAsync($"/api/studies/{Scored}");

        list.RootElement.GetProperty("useLimitation").GetString().ShouldBe(Sentences.UseLimitation);
        list.RootElement.GetProperty("demonstration").GetBoolean().ShouldBeTrue();
        list.RootElement.GetProperty("totals").GetProperty("waiting").GetInt64().ShouldBe(121);
        study.RootElement.GetProperty("useLimitation").GetString().ShouldBe(Sentences.UseLimitation);
        var entry = study.RootElement.GetProperty("entry");
        entry.GetProperty("state").GetString().ShouldBe("Positive");
        entry.GetProperty("demonstration").GetBoolean().ShouldBeTrue();
        study.RootElement.GetProperty("scores").GetProperty("findings").EnumerateArray()
            .Single(finding => finding.GetProperty("key").GetString() == "splenomegaly").GetProperty("score").GetString().ShouldBe("NaN");
    }

    [Fact]
    public async Task A_risk_whose_label_is_disputed_is_on_no_page_and_in_no_JSON()
    {
        (await TextAsync($"/api/studies/{Scored}")).ShouldNotContain("R5_CLD");
        (await TextAsync($"/studies/{Scored}")).ShouldNotContain("Chronic liver disease");
        (await TextAsync($"/studies/{Scored}")).ShouldContain("Osteoporosis within five years");
    }

    [Fact]
    public async Task While_no_finding_is_in_use_no_score_is_shown_and_what_made_them_is()
    {
        using var study = await JsonAsync($"/api/studies/{Silent}");
        var page = await TextAsync($"/studies/{Silent}");

        study.RootElement.GetProperty("entry").GetProperty("because").GetString().ShouldBe("Not analysed because no finding is in use here yet.");
        study.RootElement.GetProperty("scores").ValueKind.ShouldBe(JsonValueKind.Null);
        study.RootElement.GetProperty("provenance").GetProperty("policyDigest").GetString().ShouldBe(Studies.Policy.Digest);
        foreach (var label in (string[])["Free air", "Fatty liver", "Osteoporosis"]) page.ShouldNotContain(label);
        page.ShouldContain(Studies.Policy.Digest);
    }

    [Fact]
    public async Task A_delivery_that_could_not_be_made_yet_says_why()
    {
        await server.Studies.FailDeliveryAsync("it takes none of Comprehensive 3D SR Storage.");

        using var study = await JsonAsync($"/api/studies/{Scored}");
        var delivery = study.RootElement.GetProperty("deliveries").EnumerateArray().Single(row => row.GetProperty("destination").GetString() == "demo-pacs");
        delivery.GetProperty("state").GetString().ShouldBe("due");
        delivery.GetProperty("because").GetString().ShouldBe("demo-pacs: it takes none of Comprehensive 3D SR Storage.");
        (await TextAsync($"/studies/{Scored}")).ShouldContain("<td class=\"trouble\">due</td>");
    }

    [Fact]
    public async Task An_accession_number_leads_to_its_study_to_a_choice_where_several_have_it_or_says_that_none_has()
    {
        using var one = await GetAsync("/studies?accession=A101");
        one.StatusCode.ShouldBe(HttpStatusCode.Found);
        one.Headers.Location!.OriginalString.ShouldBe("/studies/1.2.826.101");
        (await GetAsync($"/studies?accession={Scored}")).Headers.Location!.OriginalString.ShouldBe($"/studies/{Scored}");

        var choice = await TextAsync("/studies?accession=A102");
        choice.ShouldContain("2 studies have the accession number A102");
        choice.ShouldContain("href=\"/studies/1.2.826.102\"");
        choice.ShouldContain("href=\"/studies/1.2.827.102\"");

        foreach (var (said, words) in new[] { ("nothing", "UID nothing has been received here"), ("%3Cb%3E", "&lt;b&gt;"), ("", "Say which study"), ("%00", "has been received here") })
        {
            using var none = await GetAsync($"/studies?accession={said}");
            none.StatusCode.ShouldBe(HttpStatusCode.NotFound);
            (await none.Content.ReadAsStringAsync(Stop)).ShouldContain(words);
        }
    }

    [Fact]
    public async Task A_study_that_waits_says_what_for_and_until_when()
    {
        using var study = await JsonAsync("/api/studies/1.2.826.101");
        study.RootElement.GetProperty("waitsFor").GetProperty("sentence").GetString().ShouldBe("It waits to be called complete, but no process with the role jobs is running.");
        study.RootElement.GetProperty("eta").GetProperty("at").ValueKind.ShouldBe(JsonValueKind.Null);
        var page = await TextAsync("/studies/1.2.826.101");
        page.ShouldContain("It waits to be called complete, but no process with the role jobs is running.");
        page.ShouldContain("Expected: unknown, because no process with the role jobs is running.");
    }

    [Theory]
    [InlineData("/")]
    [InlineData($"/studies/{Scored}")]
    public async Task What_an_image_says_never_becomes_markup(string address)
    {
        var page = await TextAsync(address);

        page.ShouldNotContain("<script>alert");
        page.ShouldContain("&lt;script&gt;alert(1)&lt;/script&gt;, &quot;&#x27;&amp;");
    }

    [Theory]
    [InlineData("/", "no-store")]
    [InlineData($"/studies/{Scored}", "no-store")]
    [InlineData("/api/worklist", "no-store")]
    [InlineData("/studies/9.9.9", "no-store")]
    public async Task Every_answer_forbids_what_it_does_not_need(string address, string caching)
    {
        using var answer = await GetAsync(address);

        answer.Headers.GetValues("Content-Security-Policy").Single().ShouldStartWith("default-src 'none'; style-src 'self'; script-src 'self';");
        answer.Headers.GetValues("X-Content-Type-Options").Single().ShouldBe("nosniff");
        answer.Headers.GetValues("Referrer-Policy").Single().ShouldBe("no-referrer");
        answer.Headers.CacheControl!.ToString().ShouldBe(caching);
        answer.Headers.Contains("Server").ShouldBeFalse();
    }

    [Fact]
    public async Task Style_and_script_are_kept_for_good_under_an_address_of_their_content()
    {
        var page = await TextAsync("/");
        foreach (var (name, type) in new[] { ("site.css", "text/css"), ("live.js", "text/javascript"), ("mark.svg", "image/svg+xml") })
        {
            var address = page.Split('"').Single(part => part.EndsWith(name, StringComparison.Ordinal));
            using var answer = await GetAsync(address);
            answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
            answer.Headers.CacheControl!.ToString().ShouldContain("immutable");
        }

        (await GetAsync("/assets/0000000000000000/site.css")).StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Theory]
    [InlineData("localhost", HttpStatusCode.OK)]
    [InlineData("127.0.0.1", HttpStatusCode.OK)]
    [InlineData("[::1]", HttpStatusCode.OK)]
    [InlineData("attacker.example", HttpStatusCode.BadRequest)]
    [InlineData("127.0.0.1.attacker.example", HttpStatusCode.BadRequest)]
    public async Task Only_names_of_this_machine_are_answered(string host, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "/api/worklist") { Headers = { Host = host } };
        using var answer = await server.Client.SendAsync(request, Stop);

        answer.StatusCode.ShouldBe(status);
    }

    [Theory]
    [InlineData("/studies/9.9.9", "text/html")]
    [InlineData("/api/studies/9.9.9", "application/problem+json")]
    [InlineData("/no/such/page", "text/html")]
    [InlineData("/?after=nonsense", "text/html")]
    [InlineData("/dicom-web/studies/9.9.9", "application/problem+json")]
    public async Task What_is_not_there_is_not_found_and_says_so(string address, string type)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address) { Headers = { { "Accept", type is "text/html" ? "text/html" : "*/*" } } };
        using var answer = await server.Client.SendAsync(request, Stop);

        answer.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        answer.Content.Headers.ContentType!.MediaType.ShouldBe(type);
    }

    [Theory]
    [InlineData("nonsense")]
    [InlineData("MSAx")]
    [InlineData("AAAA%00")]
    public async Task A_place_that_was_never_given_out_is_a_bad_request(string after) =>
        (await GetAsync($"/api/worklist?after={after}")).StatusCode.ShouldBe(HttpStatusCode.BadRequest);

    private Task<HttpResponseMessage> GetAsync(string address) => server.Client.GetAsync(address, Stop);

    private Task<string> TextAsync(string address) => server.Client.GetStringAsync(address, Stop);

    private async Task<JsonDocument> JsonAsync(string address) => JsonDocument.Parse(await TextAsync(address));
}
