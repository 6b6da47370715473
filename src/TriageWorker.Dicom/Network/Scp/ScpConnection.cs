using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;
using Microsoft.AspNetCore.Http.Features;

namespace TriageWorker.Dicom.Network;

/// <summary>One accepted TCP connection from its first byte to its last: negotiation, then messages, then the end.</summary>
internal sealed class ScpConnection : IAsyncDisposable
{
    private readonly ConnectionContext _connection;
    private readonly TimeProvider _time;
    private readonly DicomScpOptions _options;
    private readonly IAssociationService _service;
    private readonly SharedLimits _shared;
    private readonly OpenConnections.Place _place;
    private readonly UpperLayer _upper;
    private readonly CancellationTokenRegistration _onStop;

    private IReadOnlyList<DimseService> _services = [];
    private volatile MessageExchange? _exchange;
    private volatile bool _isStopping;

    public ScpConnection(
        ConnectionContext connection, DicomScpOptions options, IAssociationService service, TimeProvider time, SharedLimits shared, OpenConnections.Place place)
    {
        (_connection, _options, _service, _time, _shared, _place) = (connection, options, service, time, shared, place);
        var limits = new UpperLayerLimits(options.MaxPduLength, options.RequestTimeout, options.CloseTimeout, options.IdleTimeout);
        _upper = new UpperLayer(
            connection.Transport.Input, connection.Transport.Output, isRequestor: false, limits, time, connection.Abort, PeerSocket.Of(connection));
        _onStop = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.Register(Stop) ?? default;
    }

    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                var indication = await _upper.ReceiveAsync();
                if (indication.Kind == IndicationKind.Associate) await NegotiateAsync(indication.Body!);
                else if (indication.Kind == IndicationKind.Ended) break;
                if (_isStopping && _exchange is null) return; // it has asked for nothing yet
                if (_exchange is not null) await _exchange.RunAsync();
            }
        }
        finally
        {
            await EndAsync();
        }

        await _upper.LingerAsync();
    }

    public async ValueTask DisposeAsync()
    {
        await _onStop.DisposeAsync();
        _upper.Dispose();
    }

    private void Stop()
    {
        _isStopping = true;
        if (_exchange is { } exchange) exchange.Stop();
        else _upper.Nudge();
    }

    private async ValueTask NegotiateAsync(byte[] body)
    {
        if (!AssociateRequest.TryRead(body, out var request))
        {
            await _upper.AbortAsync("the A-ASSOCIATE-RQ is malformed", NetworkFault.Protocol);
            return;
        }

        switch (await AdmitAsync(request!))
        {
            case Admission.Rejected(var reason):
                _place.GiveUp();
                await _upper.RejectAsync(reason);
                break;
            case Admission.Accepted accepted:
                await AcceptAsync(request!, accepted);
                break;
        }
    }

    private async ValueTask<Admission> AdmitAsync(AssociateRequest request)
    {
        if (Negotiation.Refusal(request) is { } refusal) return new Admission.Rejected(refusal);
        if (_place.IsOverLimit || _isStopping) return new Admission.Rejected(AssociateReject.LocalLimitExceeded);
        var caller = new AssociationCaller(
            Guid.CreateVersion7(), request.CallingAe, request.CalledAe, _connection.RemoteEndPoint, request.User.ImplementationClassUid, request.User.ImplementationVersion)
        {
            SopClasses = [.. request.Contexts.Select(context => context.AbstractSyntax).Distinct()],
            Identity = request.User.Identity,
            MaxPduLength = request.User.MaxPduLength,
            Pdus = _upper.Figures,
            IsSecured = _connection.Features.Get<ITlsConnectionFeature>() is not null,
            Certificate = _connection.Features.Get<ITlsConnectionFeature>()?.ClientCertificate,
        };
        return await _service.AdmitAsync(caller, CancellationToken.None);
    }

    private async ValueTask AcceptAsync(AssociateRequest request, Admission.Accepted accepted)
    {
        _services = [new VerificationService(), .. accepted.Services];
        var (accept, agreement) = new Negotiation(request, _services, _options).Answer(accepted.Identity);
        var messages = new MessageLimits(_options.IdleTimeout, _options.IdleTimeout, _options.MessageTimeout, _options.MaxDataSetLength, _shared.Memory, _shared.InFlight, _options.Scan, _time);
        _exchange = new MessageExchange(_upper, agreement, messages, _services);
        if (_isStopping) _exchange.Stop();
        var pdu = new PduBuffer();
        accept.Write(pdu);
        await _upper.AcceptAsync(pdu.Written);
    }

    private async ValueTask EndAsync()
    {
        _place.GiveUp();
        var ending = _upper.Ending ?? new UpperLayerEnding(EndingKind.AbortedByUs, _isStopping ? "the receiver is stopping" : "a fault of this receiver", NetworkFault.None);
        // The record of how it ended outlives the connection's own token.
        if (_exchange is null) _service.Dismissed(_connection.RemoteEndPoint, Where(ending, " before a whole A-ASSOCIATE-RQ had come"));
        else await EndServicesAsync(ending.Kind, Where(ending, _exchange.WasAtRest ? " between messages" : " in the middle of an object"));
    }

    // One that cannot write its record does not cost the others theirs.
    private async Task EndServicesAsync(EndingKind kind, string because) =>
        await Task.WhenAll(_services.Select(service => service.EndAsync(kind, because).AsTask()));

    // Who ended it in so many words needs no place; a connection that just went away does.
    private static string Where(UpperLayerEnding ending, string place) =>
        ending.Fault is NetworkFault.Lost or NetworkFault.TimedOut or NetworkFault.Aborted ? ending.Because + place : ending.Because;
}
