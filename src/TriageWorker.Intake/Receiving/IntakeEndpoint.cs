using System.Net;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>The DICOM port on Kestrel, beside whatever else the process listens on.</summary>
public sealed class IntakeEndpoint : IConfigureOptions<KestrelServerOptions>
{
    private readonly IntakeOptions _options;
    private readonly DicomConnectionHandler _handler;
    private ListenOptions? _listening;

    internal IntakeEndpoint(IOptions<IntakeOptions> options, IAssociationService service, TimeProvider clock)
    {
        _options = options.Value;
        _handler = new DicomConnectionHandler(new DicomScpOptions
        {
            MaxAssociations = _options.MaxAssociations,
            MaxAssociationsPerPeer = _options.MaxAssociationsPerAddress,
            MaxPduLength = (uint)_options.MaxPduLength,
            IdleTimeout = _options.AssociationIdleTimeout,
        }, service, clock);
    }

    public string AeTitle => _options.AeTitle;

    /// <summary>Where it listens; once the host has started, with the port that the operating system chose.</summary>
    public IPEndPoint Address => _listening?.IPEndPoint ?? new IPEndPoint(_options.Ip, _options.Port);

    public void Configure(KestrelServerOptions options) =>
        options.Listen(_options.Ip, _options.Port, listen =>
        {
            _listening = listen;
            listen.UseDicom(_handler);
        });
}
