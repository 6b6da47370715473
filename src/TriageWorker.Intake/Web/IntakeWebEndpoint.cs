using System.Net;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Https;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>The DICOMweb port of the role on Kestrel, where there is one. What comes in through it is marked, so that nothing else of the process is answered there.</summary>
public sealed class IntakeWebEndpoint : IConfigureOptions<KestrelServerOptions>
{
    private static readonly Mark s_mark = new();
    private readonly IntakeOptions _options;
    private readonly IAssociationService _service;
    private readonly ListenerCertificate _certificate;
    private ListenOptions? _listening;

    internal IntakeWebEndpoint(IOptions<IntakeOptions> options, IAssociationService service, ListenerCertificate certificate) =>
        (_options, _service, _certificate) = (options.Value, service, certificate);

    /// <summary>Where it listens; once the host has started, with the port that the operating system chose. Null where it has no port.</summary>
    public IPEndPoint? Address => _options.DicomWeb is { Enabled: true, Port: { } port } ? _listening?.IPEndPoint ?? new IPEndPoint(_options.Ip, port) : null;

    /// <summary>What its resources stand below; null where it has no port.</summary>
    public Uri? Root => Address is { } address ? new Uri($"{(_options.DicomWeb.Tls ? Uri.UriSchemeHttps : Uri.UriSchemeHttp)}://{address}{IntakeWeb.Prefix}/") : null;

    public void Configure(KestrelServerOptions options)
    {
        if (_options.DicomWeb is not { Enabled: true, Port: { } port }) return;
        options.AddServerHeader = false;
        options.Listen(_options.Ip, port, listen =>
        {
            _listening = listen;
            if (_options.DicomWeb.Tls) UseTls(listen);
            listen.Use(next => connection =>
            {
                connection.Features.Set(s_mark);
                return next(connection);
            });
        });
    }

    internal static bool Received(HttpContext http) => http.Features.Get<Mark>() is not null;

    /// <summary>
    /// Whether the request says a name that this machine is known by. A page from elsewhere may point a name of its own at this machine (DNS
    /// rebinding), but cannot make a browser say one of these.
    /// </summary>
    internal bool Answers(HostString host) =>
        IPAddress.TryParse(host.Host.Trim('[', ']'), out _)
        || _options.DicomWeb.Hosts.Concat(["localhost", Environment.MachineName]).Contains(host.Host, StringComparer.OrdinalIgnoreCase);

    // Kestrel hangs up on a handshake that fails without a word to anybody; whoever has to find out why nothing comes needs one.
    private void UseTls(ListenOptions listen)
    {
        listen.Use(next => async connection =>
        {
            await next(connection);
            if (connection.Features.Get<Mark>() is null) _service.Dismissed(connection.RemoteEndPoint, "the TLS handshake failed");
        });
        listen.UseHttps(new TlsHandshakeCallbackOptions { OnConnection = _ => ValueTask.FromResult(_certificate.Options) });
    }

    private sealed class Mark;
}
