using Microsoft.AspNetCore.Http;

namespace TriageWorker.Web;

/// <summary>
/// Whether a request that changes something comes from a page of ours. There is no login whose cookie another site could borrow, but
/// a browser on this machine would carry out what any page tells it to; what it cannot do is lie about where it was told.
/// </summary>
internal static class SameOrigin
{
    public const string Refusal = "Only a page of this product may do that. Open it here and press its button, or use the command line.";

    public static bool Sent(HttpRequest request)
    {
        // Told on HTTPS and loopback, by every browser since 2023; the origin is told with each POST, by older ones and elsewhere too.
        if (request.Headers.TryGetValue("Sec-Fetch-Site", out var site)) return site == "same-origin";
        return Uri.TryCreate(request.Headers.Origin, UriKind.Absolute, out var origin)
            && string.Equals(origin.Authority, request.Host.Value, StringComparison.OrdinalIgnoreCase); // the scheme may have been a proxy's
    }
}
