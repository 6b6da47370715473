using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;

namespace TriageWorker.Web;

/// <summary>What every answer tells the browser: nothing from elsewhere, nothing inline, nothing framed, nothing kept.</summary>
internal static class PageHeaders
{
    private const string ContentPolicy =
        "default-src 'none'; style-src 'self'; script-src 'self'; img-src 'self'; connect-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'";

    public static void Use(IApplicationBuilder app) => app.Use((context, next) =>
    {
        context.Response.OnStarting(static state =>
        {
            var headers = ((HttpContext)state).Response.Headers;
            headers.ContentSecurityPolicy = ContentPolicy;
            headers.XContentTypeOptions = "nosniff";
            if (headers["Referrer-Policy"].Count == 0) headers["Referrer-Policy"] = "no-referrer"; // addresses hold study UIDs
            headers["Cross-Origin-Opener-Policy"] = "same-origin";
            headers["Cross-Origin-Resource-Policy"] = "same-origin";
            headers.Remove("blazor-enhanced-nav"); // an offer to a script that these pages do not have
            if (headers.CacheControl.Count == 0) headers.CacheControl = "no-store"; // pages hold patient names
            return Task.CompletedTask;
        }, context);
        return next(context);
    });
}
