using System.Collections.Frozen;
using System.Reflection;
using System.Security.Cryptography;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Http.HttpResults;
using Microsoft.AspNetCore.Routing;

namespace TriageWorker.Web;

/// <summary>
/// Style and script, carried inside the assembly so that the executable needs no folder beside it. Their addresses
/// hold their digest, so a browser keeps them for good and a new version is never mixed with an old one.
/// </summary>
internal static class SiteAssets
{
    private const string Folder = "wwwroot/";
    private static readonly FrozenDictionary<string, Asset> ByAddress = Load().ToFrozenDictionary(asset => asset.Address, StringComparer.Ordinal);
    private static readonly FrozenDictionary<string, string> AddressByName = ByAddress.Values.ToFrozenDictionary(asset => asset.Name, asset => asset.Address, StringComparer.Ordinal);

    /// <summary>The address of <c>site.css</c> and the like.</summary>
    public static string Address(string name) => AddressByName[name];

    public static void Map(IEndpointRouteBuilder app) => app.MapGet("/assets/{digest}/{name}", Get);

    private static Results<FileContentHttpResult, NotFound> Get(HttpContext context)
    {
        if (!ByAddress.TryGetValue(context.Request.Path.Value ?? "", out var asset)) return TypedResults.NotFound();
        context.Response.Headers.CacheControl = "public, max-age=31536000, immutable";
        return TypedResults.File(asset.Bytes, asset.Type);
    }

    private static IEnumerable<Asset> Load()
    {
        var assembly = Assembly.GetExecutingAssembly();
        foreach (var resource in assembly.GetManifestResourceNames().Where(name => name.StartsWith(Folder, StringComparison.Ordinal)))
        {
            using var stream = assembly.GetManifestResourceStream(resource)!;
            var bytes = new byte[stream.Length];
            stream.ReadExactly(bytes);
            var name = resource[Folder.Length..];
            var type = Path.GetExtension(name) switch
            {
                ".css" => "text/css; charset=utf-8",
                ".js" => "text/javascript; charset=utf-8",
                ".svg" => "image/svg+xml",
                _ => "application/octet-stream",
            };
            yield return new(name, $"/assets/{Convert.ToHexStringLower(SHA256.HashData(bytes))[..16]}/{name}", type, bytes);
        }
    }

    private sealed record Asset(string Name, string Address, string Type, byte[] Bytes);
}
