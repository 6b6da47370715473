using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.Extensions.Logging;

namespace TriageWorker.Testing;

/// <summary>An HTTP server on loopback that answers as a test says: no real one can be told to.</summary>
public sealed class AnsweringWeb : IAsyncDisposable
{
    private readonly WebApplication _app;

    private AnsweringWeb(WebApplication app) => _app = app;

    public Uri Address => new(_app.Urls.First());

    /// <param name="certificate">With its key, for https.</param>
    public static async Task<AnsweringWeb> StartAsync(RequestDelegate answer, X509Certificate2? certificate = null)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration();
        builder.WebHost.ConfigureKestrel(kestrel => kestrel.Listen(System.Net.IPAddress.Loopback, 0, port =>
        {
            if (certificate is not null) port.UseHttps(certificate);
        }));
        var app = builder.Build();
        app.Run(answer);
        await app.StartAsync();
        return new AnsweringWeb(app);
    }

    /// <summary>Answers each request with a status and, where one is given, a body.</summary>
    public static Task<AnsweringWeb> StartAsync(int status, string body = "", string? type = null) => StartAsync(async http =>
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, type);
        if (body.Length > 0) await http.Response.WriteAsync(body, http.RequestAborted);
    });

    public ValueTask DisposeAsync() => _app.DisposeAsync();
}
