using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>The DICOM ports on Kestrel, plain and over TLS, beside whatever else the process listens on.</summary>
public sealed class IntakeEndpoint : IConfigureOptions<KestrelServerOptions>
{
    private readonly IntakeOptions _options;
    private readonly DicomConnectionHandler _handler;
    private readonly ListenerCertificate _certificate;
    private ListenOptions? _plain, _secured;

    internal IntakeEndpoint(IOptions<IntakeOptions> options, IAssociationService service, ListenerCertificate certificate, TimeProvider clock)
    {
        (_options, _certificate) = (options.Value, certificate);
        _ = certificate.EndsAt; // read now, so that there is always one that can be shown
        _handler = new DicomConnectionHandler(new DicomScpOptions
        {
            MaxAssociations = _options.MaxAssociations,
            MaxAssociationsPerPeer = _options.MaxAssociationsPerAddress,
            MaxPduLength = (uint)_options.MaxPduLength,
            IdleTimeout = _options.AssociationIdleTimeout,
        }, service, clock);
    }

    public string AeTitle => _options.AeTitle;

    /// <summary>Where it listens, over TLS where that is the only way; once the host has started, with the port that the operating system chose.</summary>
    public IPEndPoint Address => _options.Tls.Only ? SecuredAddress! : _plain?.IPEndPoint ?? new IPEndPoint(_options.Ip, _options.Port);

    /// <summary>The same for callers that speak TLS; null where there is no such port.</summary>
    public IPEndPoint? SecuredAddress => _options.Tls.IsOn ? _secured?.IPEndPoint ?? new IPEndPoint(_options.Ip, _options.Tls.Port) : null;

    public void Configure(KestrelServerOptions options)
    {
        if (!_options.Tls.Only)
            options.Listen(_options.Ip, _options.Port, listen =>
            {
                _plain = listen;
                listen.UseDicom(_handler);
            });
        if (_options.Tls.IsOn)
            options.Listen(_options.Ip, _options.Tls.Port, listen =>
            {
                _secured = listen;
                listen.UseDicom(_handler, () => _certificate.Options);
            });
    }
}
