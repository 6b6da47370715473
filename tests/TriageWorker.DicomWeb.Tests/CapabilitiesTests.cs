using System.Text.Json;
using System.Xml.Linq;

namespace TriageWorker.DicomWeb.Tests;

public sealed class CapabilitiesTests(ImageServer server) : IClassFixture<ImageServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("OPTIONS", "")]
    [InlineData("GET", "application/vnd.sun.wadl+xml")]
    public async Task The_root_says_in_WADL_what_there_is(string method, string accept)
    {
        using var response = await AskAsync(method, accept);
        var wadl = XDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        XNamespace name = "http://wadl.dev.java.net/2009/02";

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/vnd.sun.wadl+xml");
        wadl.Descendants(name + "resources").Single().Attribute("base")!.Value.ShouldBe(server.Client.BaseAddress!.ToString().TrimEnd('/'));
        var frames = wadl.Descendants(name + "resource").Single(resource => resource.Attribute("path")!.Value.EndsWith("/frames/{frames}", StringComparison.Ordinal));
        frames.Descendants(name + "representation").First().Attribute("mediaType")!.Value.ShouldBe("multipart/related; type=\"application/octet-stream\"");
    }

    [Fact]
    public async Task Or_in_JSON()
    {
        using var response = await AskAsync("GET", "application/json");
        using var json = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));

        json.RootElement.GetProperty("resources").EnumerateArray().Select(resource => (resource.GetProperty("method").GetString(), resource.GetProperty("path").GetString()))
            .ShouldContain(("GET", "studies/{study}/series/{series}/instances/{instance}/bulkdata/{place}"));
    }

    private async Task<HttpResponseMessage> AskAsync(string method, string accept)
    {
        using var request = new HttpRequestMessage(new HttpMethod(method), new Uri(server.Client.BaseAddress!.ToString().TrimEnd('/')));
        if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Client.SendAsync(request, Stop);
    }
}
