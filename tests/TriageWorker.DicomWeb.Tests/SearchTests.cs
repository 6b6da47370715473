using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Matching;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>What of an address reaches the search, and how its answer travels back.</summary>
public sealed class SearchTests : IAsyncLifetime
{
    private const int Known = 25;
    private readonly HttpClient _client = new();
    private WebApplication? _app;
    private SearchRequest? _asked;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseUrls("http://127.0.0.1:0");
        _app = builder.Build();
        _app.MapQidoRs("/dicom-web", FindAsync, new SearchLimits { MostMatches = 10 });
        await _app.StartAsync(Stop);
        _client.BaseAddress = new Uri(_app.Urls.First() + "/dicom-web/");
    }

    [Theory]
    [InlineData("studies", QueryLevel.Study, null, null)]
    [InlineData("series", QueryLevel.Series, null, null)]
    [InlineData("instances", QueryLevel.Instance, null, null)]
    [InlineData("studies/1.2/series", QueryLevel.Series, "1.2", null)]
    [InlineData("studies/1.2/instances", QueryLevel.Instance, "1.2", null)]
    [InlineData("studies/1.2/series/1.3/instances", QueryLevel.Instance, "1.2", "1.3")]
    public async Task Each_resource_searches_its_level_within_what_its_address_names(string address, QueryLevel level, string? study, string? series)
    {
        using var response = await GetAsync(address);

        _asked!.Level.ShouldBe(level);
        (_asked.Study, _asked.Series).ShouldBe((study, series));
        _asked.Keys.Count.ShouldBe((study is null ? 0 : 1) + (series is null ? 0 : 1));
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        var url = json.RootElement[0].GetProperty("00081190").GetProperty("Value")[0].GetString();
        url.ShouldBe(_client.BaseAddress + level switch { QueryLevel.Study => "studies/1.2", QueryLevel.Series => "studies/1.2/series/1.3", _ => "studies/1.2/series/1.3/instances/1.4" });
    }

    [Fact]
    public async Task Keys_are_named_by_keyword_or_tag_and_an_empty_one_asks_for_the_attribute()
    {
        using var response = await GetAsync("studies?PatientName=DOE*&00080020=20250101-&00100020=&includefield=00081030,StudyID&includefield=00080005.x&includefield=all&limit=5&offset=7");

        _asked!.Keys.Select(key => key.Tag).ShouldBe([DicomTag.PatientName, DicomTag.StudyDate]);
        _asked.Keys[0].Match.ShouldBe(new AttributeMatch.Wildcard("DOE*"));
        _asked.Keys[1].Match.ShouldBe(new AttributeMatch.Between("20250101", null));
        _asked.Include.ShouldBe([DicomTag.PatientID, DicomTag.StudyDescription, DicomTag.StudyID, DicomTag.SpecificCharacterSet]);
        (_asked.IncludeAll, _asked.Limit, _asked.Offset).ShouldBe((true, 5, 7));
    }

    [Theory]
    [InlineData("studies?PatientNam=DOE", "PatientNam is no attribute")]
    [InlineData("studies?00109998=1", "no attribute of PS3.6")]
    [InlineData("studies?StudyDate=yesterday", "eight digits")]
    [InlineData("studies?limit=-1", "limit is a whole number")]
    [InlineData("studies?offset=x", "offset is a whole number")]
    [InlineData("studies?includefield=Foo", "PS3.6 does not know: Foo")]
    [InlineData("studies?fuzzymatching=perhaps", "true or false")]
    [InlineData("studies?RequestAttributesSequence.RequestedProcedureID=1", "sequence items")]
    [InlineData("studies?PatientComments=x", "no key of this test")]
    [InlineData("studies/a.b/series", "no UID")]
    public async Task What_cannot_be_searched_by_is_said_in_words(string address, string says)
    {
        using var response = await GetAsync(address);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldContain(says);
    }

    [Fact]
    public async Task More_than_the_server_gives_is_told_and_the_last_page_says_how_many_there_are()
    {
        using var first = await GetAsync("studies?limit=1000&fuzzymatching=true");
        using var asked = await GetAsync("studies?limit=3");
        using var last = await GetAsync("studies?offset=20");
        using var beyond = await GetAsync("studies?offset=100");

        first.Headers.GetValues("Warning").ShouldBe(
        [
            $"299 {_client.BaseAddress!.ToString().TrimEnd('/')}: \"The fuzzymatching parameter is not supported. Only literal matching has been performed.\"",
            $"299 {_client.BaseAddress.ToString().TrimEnd('/')}: \"The number of results exceeded the maximum supported by the server. There are additional results: ask with offset.\"",
        ]);
        first.Headers.Contains("X-Total-Count").ShouldBeFalse();
        asked.Headers.Contains("Warning").ShouldBeFalse("the client limited it by itself");
        last.Headers.GetValues("X-Total-Count").ShouldBe([$"{Known}"]);
        beyond.StatusCode.ShouldBe(HttpStatusCode.OK);
        (await beyond.Content.ReadAsStringAsync(Stop)).ShouldBe("[]");
    }

    [Fact]
    public async Task XML_is_not_written()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, "studies");
        request.Headers.TryAddWithoutValidation("Accept", "multipart/related; type=\"application/dicom+xml\"");
        using var response = await _client.SendAsync(request, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    public async ValueTask DisposeAsync()
    {
        _client.Dispose();
        if (_app is not null) await _app.DisposeAsync();
    }

    private Task<SearchAnswer> FindAsync(SearchRequest request, CancellationToken stop)
    {
        _asked = request;
        if (request.Keys.Any(key => key.Tag == DicomTag.PatientComments)) return Task.FromResult<SearchAnswer>(new SearchAnswer.Refused("That is no key of this test."));
        var count = Math.Clamp(Known - request.Offset, 0, request.Limit);
        return Task.FromResult<SearchAnswer>(new SearchAnswer.Matches([.. Enumerable.Range(0, count).Select(_ => new DicomDataset()
            .Set(DicomTag.StudyInstanceUID, "1.2").Set(DicomTag.SeriesInstanceUID, "1.3").Set(DicomTag.SOPInstanceUID, "1.4"))], request.Offset + count < Known));
    }

    private Task<HttpResponseMessage> GetAsync(string address) => _client.GetAsync(new Uri(address, UriKind.Relative), Stop);
}
