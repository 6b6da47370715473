namespace TriageWorker.Dicom.Network;

/// <summary>An association that this side asked for: C-ECHO and C-STORE, one operation at a time.</summary>
/// <remarks>Disposing without <see cref="ReleaseAsync"/> aborts.</remarks>
public sealed class DicomAssociation : IAsyncDisposable
{
    // The longest body this side sends when the peer allows any; beyond it nothing gets faster.
    private const uint MaxPduSent = 256 * 1024;

    private readonly AssociationRequest _request;
    private readonly PduChannel _channel;
    private readonly List<(byte Id, string AbstractSyntax, string TransferSyntax)> _contexts;
    private readonly uint _maxPduLength;
    private readonly PduBuffer _pdu = new();
    private ushort _messageId;
    private bool _isOver;

    private DicomAssociation(AssociationRequest request, PduChannel channel, AssociateAccept accept)
    {
        (_request, _channel) = (request, channel);
        _contexts = [.. from context in accept.Contexts
                        where context.Result == ContextResult.Accepted
                        join proposed in request.Contexts on context.Id equals proposed.Id
                        select (context.Id, proposed.AbstractSyntax, context.TransferSyntax)];
        _maxPduLength = accept.User.MaxPduLength is 0 or > MaxPduSent ? MaxPduSent : accept.User.MaxPduLength;
    }

    /// <summary>Connects and negotiates.</summary>
    /// <exception cref="DicomNetworkException">Unreachable, rejected (with the peer's reason), aborted, timed out.</exception>
    public static async Task<DicomAssociation> RequestAsync(AssociationRequest request, CancellationToken cancellationToken = default)
    {
        var channel = await PduChannel.ConnectAsync(request, cancellationToken);
        try
        {
            var pdu = new PduBuffer();
            new AssociateRequest(request.CalledAe, request.CallingAe, AssociateRequest.DicomApplicationContext, request.Contexts,
                new UserInformation(16 * 1024, Implementation.ClassUid, Implementation.Version)).Write(pdu);
            await channel.SendAsync(pdu.Written, request.AssociateTimeout, cancellationToken);
            var (type, body) = await channel.ReceiveAsync(request.AssociateTimeout, cancellationToken);
            return type switch
            {
                PduType.AssociateAccept when AssociateAccept.TryRead(body, out var accept) => new DicomAssociation(request, channel, accept!),
                PduType.AssociateReject when AssociateReject.TryRead(body, out var reject) => throw new DicomNetworkException(
                    NetworkFault.Rejected, $"{request.CalledAe} at {request.Host}:{request.Port} {reject.Text}.", reject.IsTransient),
                _ => throw Unexpected(type, body),
            };
        }
        catch
        {
            await channel.DisposeAsync();
            throw;
        }
    }

    /// <summary>Whether the peer takes objects of this class in this syntax.</summary>
    public bool Accepts(string sopClassUid, string transferSyntax) =>
        _contexts.Exists(context => context.AbstractSyntax == sopClassUid && context.TransferSyntax == transferSyntax);

    /// <summary>C-ECHO (PS3.7, 9.1.5).</summary>
    public async Task<DimseStatus> EchoAsync(CancellationToken cancellationToken = default)
    {
        var context = ContextFor(DicomUid.Verification, null);
        var command = new CommandSet { Field = CommandField.EchoRequest, MessageId = ++_messageId, AffectedSopClassUid = DicomUid.Verification };
        command.Write(_pdu.Clear(), context.Id);
        await SendAsync(_pdu.Written, cancellationToken);
        return await ResponseAsync(command, cancellationToken);
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
    public async Task<DimseStatus> StoreAsync(
        string sopClassUid, string sopInstanceUid, string transferSyntax, Stream dataSet, CancellationToken cancellationToken = default)
    {
        var context = ContextFor(sopClassUid, transferSyntax);
        var command = new CommandSet
        {
            Field = CommandField.StoreRequest,
            MessageId = ++_messageId,
            AffectedSopClassUid = sopClassUid,
            AffectedSopInstanceUid = sopInstanceUid,
            HasDataSet = true,
        };
        command.Write(_pdu.Clear(), context.Id);
        await SendAsync(_pdu.Written, cancellationToken);
        using var fragments = new DataSetFragments(dataSet, context.Id, _maxPduLength);
        while (await fragments.NextAsync(cancellationToken) is { IsEmpty: false } pdu) await SendAsync(pdu, cancellationToken);
        return await ResponseAsync(command, cancellationToken);
    }

    /// <summary>Ends the association in good order (PS3.8, 7.2). Whatever was stored is stored, also when this fails.</summary>
    public async Task ReleaseAsync(CancellationToken cancellationToken = default)
    {
        Release.WriteRequest(_pdu.Clear());
        await SendAsync(_pdu.Written, cancellationToken);
        var (type, body) = await _channel.ReceiveAsync(_request.AssociateTimeout, cancellationToken);
        _isOver = true;
        if (type != PduType.ReleaseResponse) throw Unexpected(type, body);
    }

    public async ValueTask DisposeAsync()
    {
        if (!_isOver)
        {
            _isOver = true;
            Abort.ByUser.Write(_pdu.Clear());
            try
            {
                await _channel.SendAsync(_pdu.Written, TimeSpan.FromSeconds(1), CancellationToken.None);
            }
            catch (DicomNetworkException)
            {
                // The connection is gone, which says the same.
            }
        }

        await _channel.DisposeAsync();
    }

    private (byte Id, string AbstractSyntax, string TransferSyntax) ContextFor(string sopClass, string? syntax)
    {
        var context = _contexts.Find(c => c.AbstractSyntax == sopClass && (syntax is null || c.TransferSyntax == syntax));
        if (context.Id != 0) return context;
        throw new DicomNetworkException(NetworkFault.NoContext,
            $"{_request.CalledAe} accepts no presentation context for SOP class {sopClass}{(syntax is null ? "" : $" in transfer syntax {syntax}")}.", false);
    }

    private async Task SendAsync(ReadOnlyMemory<byte> pdu, CancellationToken cancellationToken)
    {
        try
        {
            await _channel.SendAsync(pdu, _request.ResponseTimeout, cancellationToken);
        }
        catch (DicomNetworkException lost) when (lost.Fault == NetworkFault.Lost)
        {
            // A peer that aborts while it is being sent to leaves its reason in the receive buffer.
            _isOver = true;
            var (type, body) = await _channel.ReceiveAsync(TimeSpan.FromSeconds(1), cancellationToken);
            throw Unexpected(type, body);
        }
    }

    private async Task<DimseStatus> ResponseAsync(CommandSet request, CancellationToken cancellationToken)
    {
        var (type, body) = await _channel.ReceiveAsync(_request.ResponseTimeout, cancellationToken);
        if (type != PduType.Data)
        {
            _isOver = true;
            throw Unexpected(type, body);
        }

        // A response without data set: one PDV, which every implementation sends in one PDU.
        var values = new PdvStream();
        values.Begin(new PduHeader(type, (uint)body.Length));
        var rest = new System.Buffers.ReadOnlySequence<byte>(body);
        if (values.Next(ref rest, out var fragment) == PdvStep.Read && fragment is { IsCommand: true, EndsMessagePart: true } && rest.IsEmpty
            && CommandSet.TryRead(fragment.Bytes.FirstSpan, out var response)
            && (int)response!.Field == ((int)request.Field | 0x8000) && response.MessageId == request.MessageId)
        {
            return response.Status;
        }

        throw new DicomNetworkException(NetworkFault.Protocol, "The peer's response does not belong to the request.", false);
    }

    private static DicomNetworkException Unexpected(PduType type, byte[] body) => type == PduType.Abort && Abort.TryRead(body, out var abort)
        ? new DicomNetworkException(NetworkFault.Aborted, $"The association was {abort.Text}.", isRetryWorthwhile: true)
        : new DicomNetworkException(NetworkFault.Protocol, $"The peer sent {type} where it may not.", isRetryWorthwhile: false);
}
