namespace TriageWorker.Dicom.Network;

/// <summary>
/// An association that this side asked for. Requests may be made at the same time; as many are open at once as were negotiated,
/// others wait. Cancelling one in the middle of its message ends the association.
/// </summary>
/// <remarks>C-ECHO and C-STORE are here; queries, storage commitment and availability are extensions of their own (<see cref="QueryRetrieve"/>,
/// <see cref="StorageCommitment"/>). Disposing without <see cref="ReleaseAsync"/> aborts.</remarks>
public sealed class DicomAssociation : IAsyncDisposable
{
    private readonly AssociationRequest _request;
    private readonly ClientConnection _connection;
    private readonly UpperLayer _upper;
    private readonly MessageExchange _exchange;
    private readonly Task _running;

    private DicomAssociation(AssociationRequest request, ClientConnection connection, UpperLayer upper, AssociateAccept accept)
    {
        (_request, _connection, _upper, Accept) = (request, connection, upper, accept);
        var messages = new MessageLimits(
            Timeout.InfiniteTimeSpan, request.ResponseTimeout, request.MessageTimeout, request.MaxDataSetLength, new MemoryBudget(request.MaxDataSetMemory), new BytesInFlight(long.MaxValue), ScanLimits.Default, request.Time);
        _exchange = new MessageExchange(upper, RequestedAgreement.Of(request, accept), messages, request.Services);
        _running = Task.Run(_exchange.RunAsync); // not where the caller's continuations run: it may be waiting there
    }

    /// <summary>What the peer answered.</summary>
    public AssociateAccept Accept { get; }

    /// <summary>Requests that may be open at once.</summary>
    public int Window => _exchange.Agreement.MaxInvoked;

    /// <summary>Why it is over; null while it is open.</summary>
    internal DicomNetworkException? Fault => _upper.Ending?.AsException();

    /// <summary>True until either side has ended it.</summary>
    public bool IsOpen => _upper.Ending is null;

    /// <summary>The contexts that the peer accepted.</summary>
    public IEnumerable<PresentationContext> Contexts => _exchange.Agreement.Contexts.Values;

    /// <summary>Connects and negotiates.</summary>
    /// <exception cref="DicomNetworkException">Unreachable, rejected (with the peer's reason), aborted, timed out.</exception>
    /// <exception cref="ArgumentException">Something in the request is out of bounds; the message names each.</exception>
    public static async Task<DicomAssociation> RequestAsync(AssociationRequest request, CancellationToken cancellationToken = default)
    {
        if (request.Faults() is { Count: > 0 } faults) throw new ArgumentException(string.Join("; ", faults), nameof(request));
        var connection = await ClientConnection.OpenAsync(request, cancellationToken);
        var limits = new UpperLayerLimits(request.MaxPduLength, request.AssociateTimeout, request.CloseTimeout, request.ResponseTimeout);
        var upper = new UpperLayer(connection.Input, connection.Output, isRequestor: true, limits, request.Time, connection.Cut, connection.Socket);
        try
        {
            await using var cancelling = cancellationToken.Register(connection.Cut);
            var pdu = new PduBuffer();
            request.Pdu().Write(pdu);
            await upper.RequestAsync(pdu.Written);
            var answer = await upper.ReceiveAsync();
            cancellationToken.ThrowIfCancellationRequested();
            if (answer.Kind != IndicationKind.Accepted) throw NotAccepted(request, upper.Ending!);
            if (AssociateAccept.TryRead(answer.Body, out var accept)) return new DicomAssociation(request, connection, upper, accept!);
            await upper.AbortAsync("the A-ASSOCIATE-AC is malformed", NetworkFault.Protocol);
            throw upper.Ending!.AsException();
        }
        catch
        {
            upper.Dispose();
            await connection.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the peer takes objects of this class in this syntax.</summary>
    public bool Accepts(string sopClassUid, string transferSyntax) => Find(sopClassUid, transferSyntax) is not null;

    /// <summary>C-ECHO (PS3.7, 9.1.5).</summary>
    public async Task<DimseStatus> EchoAsync(CancellationToken cancellationToken = default)
    {
        var command = new CommandSet { Field = CommandField.EchoRequest, MessageId = 0, AffectedSopClassUid = DicomUid.Verification };
        return await StatusAsync(await _exchange.InvokeAsync(ContextFor(DicomUid.Verification), command, (Stream?)null, cancellationToken), cancellationToken);
    }

    /// <summary>C-STORE of a Part 10 file, its data set sent as it stands in the file and never held whole in memory.</summary>
    /// <returns>The peer's status; a failure status is a value, since the association goes on.</returns>
    /// <exception cref="DicomNetworkException">No context for this file, or the association broke.</exception>
    public async Task<DimseStatus> StoreAsync(string path, CancellationToken cancellationToken = default)
    {
        var head = Part10Head.Read(path);
        await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
        file.Position = head.DataSetOffset;
        return await StoreAsync(head.SopClassUid, head.SopInstanceUid, head.TransferSyntax, file, cancellationToken);
    }

    /// <summary>C-STORE of an encoded data set, read from where <paramref name="dataSet"/> stands to its end.</summary>
    /// <inheritdoc cref="StoreAsync(string, CancellationToken)"/>
    public Task<DimseStatus> StoreAsync(
        string sopClassUid, string sopInstanceUid, string transferSyntax, Stream dataSet, CancellationToken cancellationToken = default) =>
        StoreAsync(sopClassUid, sopInstanceUid, transferSyntax, dataSet, null, cancellationToken);

    /// <summary>Ends the association in good order (PS3.8, 7.2). Whatever was stored is stored, also when this fails.</summary>
    /// <exception cref="DicomNetworkException">The association was over before, or ended otherwise.</exception>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        _exchange.AbandonAll();
        await _upper.RequestReleaseAsync();
        _exchange.AwaitRelease();
        await _running.WaitAsync(cancellationToken);
        if (_upper.Ending is { Kind: not EndingKind.Released } ending) throw ending.AsException();
    }

    public async ValueTask DisposeAsync()
    {
        await _upper.AbortAsync("given up");
        _exchange.AbandonAll();
        try
        {
            await _running;
            await _upper.LingerAsync();
        }
        finally
        {
            await _connection.DisposeAsync();
            _upper.Dispose();
        }
    }

    internal async Task<DimseStatus> StoreAsync(
        string sopClassUid, string sopInstanceUid, string transferSyntax, Stream dataSet, MoveOriginator? originator, CancellationToken cancellationToken)
    {
        var command = new CommandSet
        {
            Field = CommandField.StoreRequest,
            MessageId = 0,
            AffectedSopClassUid = sopClassUid,
            AffectedSopInstanceUid = sopInstanceUid,
            HasDataSet = true,
            MoveOriginatorAe = originator?.Ae ?? "",
            MoveOriginatorMessageId = originator?.MessageId,
        };
        return await StatusAsync(await _exchange.InvokeAsync(ContextFor(sopClassUid, transferSyntax), command, dataSet, cancellationToken), cancellationToken);
    }

    internal ValueTask<Invocation> InvokeAsync(string sopClassUid, CommandSet command, DicomDataset dataSet, CancellationToken cancellationToken) =>
        _exchange.InvokeAsync(ContextFor(sopClassUid), command, dataSet, cancellationToken);

    internal ValueTask CancelAsync(Invocation invocation) => _exchange.CancelAsync(invocation);

    internal static async Task<DimseStatus> StatusAsync(Invocation invocation, CancellationToken cancellationToken)
    {
        try
        {
            return (await invocation.NextAsync(cancellationToken)).Command.Status;
        }
        catch (OperationCanceledException)
        {
            invocation.Abandon();
            throw;
        }
    }

    private PresentationContext? Find(string sopClass, string? syntax) =>
        Contexts.FirstOrDefault(context => context.AbstractSyntax == sopClass && (syntax is null || context.TransferSyntax == syntax));

    private PresentationContext ContextFor(string sopClass, string? syntax = null) => Find(sopClass, syntax) ?? throw new DicomNetworkException(
        NetworkFault.NoContext,
        $"{_request.CalledAe} accepts no presentation context for SOP class {sopClass}{(syntax is null ? "" : $" in transfer syntax {syntax}")}.", false);

    private static DicomNetworkException NotAccepted(AssociationRequest request, UpperLayerEnding ending) => ending switch
    {
        { Rejection: { } rejection } => new DicomNetworkException(
            NetworkFault.Rejected, $"{request.CalledAe} at {request.Host}:{request.Port} {rejection.Text}.", rejection.IsTransient),
        // Under TLS 1.3 this side is done before the peer has looked at its certificate; the alert that follows is often lost in a reset.
        { Fault: NetworkFault.Lost } when request.Tls is not null => new DicomNetworkException(
            NetworkFault.Untrusted, $"{request.Host}:{request.Port} hung up right after the TLS handshake. Does it want a certificate, or another one?", true),
        _ => ending.AsException(),
    };
}
