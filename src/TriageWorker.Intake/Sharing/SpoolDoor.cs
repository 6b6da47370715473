using System.Net;
using System.Security.Cryptography;
using System.Text;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Options;
using TriageWorker.DicomWeb;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>
/// Where scoring on other hosts reads the objects of this host's spool over WADO-RS, on a port of its own (section <c>Spool:Sharing</c>).
/// What comes in there is marked by its connection and answered by nothing else of the process.
/// </summary>
public sealed class SpoolDoor(IOptions<SpoolOptions> options, DoorCertificate certificate, Spool spool, StudyStore studies) : IConfigureOptions<KestrelServerOptions>
{
    private static readonly Mark s_mark = new();
    private readonly string _node = spool.Id.ToString();
    private readonly SpoolSharing _sharing = options.Value.Sharing;
    private readonly byte[]? _secret = string.IsNullOrEmpty(options.Value.Sharing.Secret) ? null : SHA256.HashData(Encoding.ASCII.GetBytes(options.Value.Sharing.Secret));
    private ListenOptions? _listening;

    /// <summary>Where it listens, once the host has started; null when the spool is not served.</summary>
    public IPEndPoint? Address => _listening?.IPEndPoint;

    /// <summary>What other hosts are told; null when the spool is not served.</summary>
    public Uri? Url => Address is null ? null : _sharing.Url ?? Listening;

    /// <summary>The same without what the settings say of the way there.</summary>
    public Uri? Listening => Address is null ? null : new Uri($"{(certificate.IsOn ? "https" : "http")}://{Address}/");

    public void Configure(KestrelServerOptions options)
    {
        if (_sharing.Port is not { } port) return;
        options.AddServerHeader = false;
        options.Listen(IPAddress.Parse(_sharing.Address), port, listen =>
        {
            _listening = listen;
            listen.Use(next => connection =>
            {
                connection.Features.Set(s_mark);
                return next(connection);
            });
            if (certificate.IsOn) listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(certificate.Options()) });
        });
    }

    /// <summary>Answers what came in through the door, and nothing else there. Before all other parts.</summary>
    public static void Use(WebApplication app)
    {
        if (app.Services.GetService<SpoolDoor>() is not { } door) return;
        var answer = door.Pipeline(app.Services);
        app.MapWhen(http => http.Features.Get<Mark>() is not null, branch => branch.Run(answer));
    }

    // Routing of its own: what the door answers is found nowhere else, and no page is found here.
    private RequestDelegate Pipeline(IServiceProvider services)
    {
        var inside = new ApplicationBuilder(services);
        inside.Use(GuardAsync);
        inside.UseRouting();
        inside.UseEndpoints(endpoints => endpoints.MapWadoRs("", FindAsync));
        return inside.Build();
    }

    private async Task GuardAsync(HttpContext http, RequestDelegate next)
    {
        http.SetEndpoint(null); // of the pages' routing, which looked at the same address before
        http.Request.RouteValues.Clear();
        http.Response.Headers[NodeHeaders.Node] = _node;
        if (_secret is not null && !IsSecret(http.Request.Headers[NodeHeaders.Secret].ToString()))
            await RefuseAsync(http, StatusCodes.Status401Unauthorized, $"The header {NodeHeaders.Secret} does not say what {SpoolSharing.Section}:{nameof(SpoolSharing.Secret)} is here.");
        else if (http.Request.Headers[NodeHeaders.Node].ToString() is { Length: > 0 } asked && asked != _node)
            await RefuseAsync(http, StatusCodes.Status421MisdirectedRequest, $"This is node {_node}, and another one was asked for.");
        else
            await next(http);
    }

    // Digests are compared, so that not even the length of the secret shows in the time that it takes.
    private bool IsSecret(string said) => CryptographicOperations.FixedTimeEquals(SHA256.HashData(Encoding.UTF8.GetBytes(said)), _secret);

    private static async Task RefuseAsync(HttpContext http, int status, string words)
    {
        (http.Response.StatusCode, http.Response.ContentType) = (status, "text/plain; charset=utf-8");
        await http.Response.WriteAsync(words, http.RequestAborted);
    }

    private async Task<IReadOnlyList<StoredInstance>> FindAsync(RetrieveTarget target, CancellationToken stop)
    {
        var rows = target.Instance is { } instance
            ? (await studies.InstanceAsync(new SopInstanceUid(instance), stop)).Where(row => row.Study.Value == target.Study && row.Series.Value == target.Series).Take(1)
            : await studies.InstancesAsync(new StudyUid(target.Study), target.Series is null ? null : new SeriesUid(target.Series), stop);
        return [.. rows.Select(row => new StoredInstance(row.Sop.Value, row.TransferSyntax, spool.At(row.Path)))];
    }

    private sealed class Mark;
}
