using System.Text.Json.Nodes;
using System.Xml.Linq;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Routing;

namespace TriageWorker.DicomWeb;

/// <summary>What this service can do, for programs that ask it (PS3.18, 8.9): as WADL or JSON, told from the endpoints themselves.</summary>
public static class CapabilitiesEndpoints
{
    public const string Wadl = "application/vnd.sun.wadl+xml", Json = "application/json";

    private static readonly XNamespace s_wadl = "http://wadl.dev.java.net/2009/02";

    /// <summary>Maps the root of the service. Map it after everything below <paramref name="prefix"/>.</summary>
    public static RouteGroupBuilder MapCapabilities(this IEndpointRouteBuilder app, string prefix)
    {
        var group = app.MapGroup(prefix);
        group.MapMethods("/", [HttpMethods.Get, HttpMethods.Options], (HttpContext http) =>
        {
            var known = http.RequestServices.GetEndpoints().Where(endpoint => IsBelow(endpoint, prefix)).ToList();
            http.Response.Headers.Allow = "GET, OPTIONS";
            foreach (var range in MediaRange.Asked(http.Request))
            {
                if (range.Holds(Wadl)) return Results.Text(AsWadl(known, prefix, http.Request).ToString(), Wadl);
                if (range.Holds(Json)) return Results.Text(AsJson(known, prefix).ToJsonString(), Json);
            }

            return Problem.NotAcceptable($"The capabilities come as {Wadl} or {Json}.");
        }).Is(new Transaction("Retrieve", "Capabilities", Wadl, Json));
        return group;
    }

    private static IEnumerable<RouteEndpoint> GetEndpoints(this IServiceProvider services) =>
        ((EndpointDataSource)services.GetService(typeof(EndpointDataSource))!).Endpoints.OfType<RouteEndpoint>();

    private static bool IsBelow(RouteEndpoint endpoint, string prefix) =>
        endpoint.RoutePattern.RawText is { } path && (path.TrimEnd('/') + "/").StartsWith(prefix.TrimEnd('/') + "/", StringComparison.Ordinal);

    private static string PathOf(RouteEndpoint endpoint, string prefix) =>
        endpoint.RoutePattern.RawText![prefix.TrimEnd('/').Length..].Trim('/').Replace("{**", "{", StringComparison.Ordinal);

    private static IReadOnlyList<string> MethodsOf(RouteEndpoint endpoint) => endpoint.Metadata.GetMetadata<HttpMethodMetadata>()?.HttpMethods ?? [];

    private static XDocument AsWadl(List<RouteEndpoint> endpoints, string prefix, HttpRequest request) => new(
        new XElement(s_wadl + "application", new XElement(s_wadl + "resources", new XAttribute("base", ServiceAddress.Of(request, prefix)),
            endpoints.GroupBy(endpoint => PathOf(endpoint, prefix)).Select(resource => new XElement(s_wadl + "resource", new XAttribute("path", resource.Key),
                resource.SelectMany(endpoint => MethodsOf(endpoint), MethodElement))))));

    private static XElement MethodElement(RouteEndpoint endpoint, string method)
    {
        var transaction = endpoint.Metadata.GetMetadata<Transaction>();
        return new XElement(s_wadl + "method", new XAttribute("name", method),
            transaction is null ? null : new XElement(s_wadl + "doc", new XAttribute("title", $"{transaction.Name} {transaction.Of}")),
            new XElement(s_wadl + "request", transaction?.Parameters.Select(name => new XElement(s_wadl + "param", new XAttribute("name", name), new XAttribute("style", "query")))),
            new XElement(s_wadl + "response", transaction?.Gives.Select(type => new XElement(s_wadl + "representation", new XAttribute("mediaType", type)))));
    }

    private static JsonObject AsJson(List<RouteEndpoint> endpoints, string prefix) => new()
    {
        ["resources"] = new JsonArray([.. endpoints.SelectMany(endpoint => MethodsOf(endpoint), (endpoint, method) =>
        {
            var transaction = endpoint.Metadata.GetMetadata<Transaction>();
            return (JsonNode)new JsonObject
            {
                ["method"] = method,
                ["path"] = PathOf(endpoint, prefix),
                ["transaction"] = transaction is null ? null : $"{transaction.Name} {transaction.Of}",
                ["gives"] = new JsonArray([.. (transaction?.Gives ?? []).Select(type => (JsonNode)type)]),
                ["parameters"] = new JsonArray([.. (transaction?.Parameters ?? []).Select(name => (JsonNode)name)]),
            };
        })]),
    };
}
