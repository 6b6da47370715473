using System.Buffers;
using System.IO.Pipelines;
using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Connections.Features;

namespace TriageWorker.Dicom.Network;

/// <summary>One TCP connection from its first byte to its last: reads PDUs, carries out what <see cref="ScpTransitions"/> says.</summary>
internal sealed class ScpConnection : IAsyncDisposable
{
    // An A-ASSOCIATE-RQ with 128 contexts of some ten syntaxes stays well below this; the other PDUs have four bytes.
    private const uint MaxRequestLength = 256 * 1024, MaxControlLength = 1024;

    private readonly ConnectionContext _connection;
    private readonly DicomScpOptions _options;
    private readonly IStorageService _service;
    private readonly bool _isOverLimit;
    private readonly PipeReader _input;
    private readonly Deadline _deadline;
    private readonly PeerSocket _socket;
    private readonly PduBuffer _pdu = new();
    private readonly CancellationTokenRegistration _onStop;

    private ScpState _state = ScpState.AwaitingRequest;
    private IStorageSession? _session;
    private ScpDialogue? _dialogue;
    private PdvStream _values;
    private ReadOnlySequence<byte> _unread;
    private (EndingKind Kind, string Because)? _ending;
    private bool _mayLinger;
    private volatile bool _isStopping;

    public ScpConnection(ConnectionContext connection, DicomScpOptions options, IStorageService service, TimeProvider time, bool isOverLimit)
    {
        (_connection, _options, _service, _isOverLimit) = (connection, options, service, isOverLimit);
        _input = connection.Transport.Input;
        _deadline = new Deadline(time, () =>
        {
            _input.CancelPendingRead();
            connection.Transport.Output.CancelPendingFlush(); // a peer that reads no answers counts as silent too
        });
        _socket = PeerSocket.Of(connection);
        _onStop = connection.Features.Get<IConnectionLifetimeNotificationFeature>()?.ConnectionClosedRequested.Register(() =>
        {
            _isStopping = true;
            _input.CancelPendingRead();
        }) ?? default;
    }

    public async Task RunAsync()
    {
        try
        {
            _deadline.Set(_options.RequestTimeout);
            while (_ending is null) await ReadAsync();
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException)
        {
            _ending ??= (EndingKind.Lost, "the connection was reset");
        }
        catch (Exception)
        {
            (_ending, _mayLinger) = ((EndingKind.AbortedByUs, "a fault of this receiver"), false);
            throw; // the server logs it; other connections go on
        }
        finally
        {
            await EndAsync();
        }
    }

    public async ValueTask DisposeAsync()
    {
        _onStop.Dispose();
        _deadline.Dispose();
        if (_dialogue is not null) await _dialogue.DisposeAsync();
    }

    private async Task ReadAsync()
    {
        // Not under ConnectionClosed: that is raised when the peer has said all it will say, and what it said still has to be read.
        // A connection that breaks, or that the server ends, completes the pipe.
        AwaitPeer();
        var read = await _input.ReadAsync();
        _socket.AcknowledgeAtOnce();
        StopAwaitingPeer();
        _unread = read.Buffer;
        while (_ending is null && await TakeAsync()) { }
        _input.AdvanceTo(_unread.Start, _unread.End);
        if (_ending is not null) return;

        if (read.IsCompleted) _ending = (EndingKind.Lost, Where("the connection was closed"));
        else if (read.IsCanceled && _deadline.HasPassed) await BreakAsync(Abort.NoReason, Where("nothing came for too long"));
        else if (_isStopping && (_dialogue?.IsAtRest ?? true)) await BreakAsync(Abort.NoReason, "the receiver is stopping");
    }

    /// <returns>True when something was taken and more may be.</returns>
    private async ValueTask<bool> TakeAsync()
    {
        if (_values.IsInsidePdu) return await TakeValueAsync();
        switch (PduHeader.TryRead(_unread, out var header))
        {
            case PduStep.NeedMore:
                return false;
            case PduStep.Unrecognised:
                await BreakAsync(Abort.UnrecognisedPdu, $"the peer does not speak DICOM (first byte 0x{_unread.FirstSpan[0]:X2})");
                _mayLinger = _state == ScpState.Established;
                return false;
        }

        var action = ScpTransitions.Next(_state, header.Type);
        var limit = action switch
        {
            ScpAction.TakeData => _options.MaxPduLength,
            ScpAction.Negotiate => MaxRequestLength,
            _ => MaxControlLength,
        };
        if (action == ScpAction.AbortUnexpected)
        {
            await BreakAsync(Abort.UnexpectedPdu, $"{header.Type} came unexpectedly");
            return false;
        }

        if (header.Length > limit)
        {
            await BreakAsync(Abort.InvalidParameter, $"a {header.Type} PDU of {header.Length} bytes is over the limit of {limit}");
            return false;
        }

        if (action == ScpAction.TakeData)
        {
            _unread = _unread.Slice(PduHeader.Size);
            _values.Begin(header);
            return true;
        }

        if (_unread.Length < PduHeader.Size + header.Length) return false;
        var body = _unread.Slice(PduHeader.Size, header.Length).ToArray();
        _unread = _unread.Slice(PduHeader.Size + header.Length);
        await CarryOutAsync(action, body);
        return _ending is null;
    }

    private ValueTask CarryOutAsync(ScpAction action, byte[] body)
    {
        switch (action)
        {
            case ScpAction.Negotiate:
                return NegotiateAsync(body);
            case ScpAction.AcceptRelease:
                Release.WriteResponse(_pdu.Clear());
                return EndWithAsync(EndingKind.Released, _dialogue!.IsAtRest ? "released" : Where("released"));
            default:
                Abort.TryRead(body, out var abort);
                _ending = (EndingKind.AbortedByCaller, Where(abort.Text));
                return ValueTask.CompletedTask;
        }
    }

    private async ValueTask NegotiateAsync(byte[] body)
    {
        if (!AssociateRequest.TryRead(body, out var request))
        {
            await BreakAsync(Abort.InvalidParameter, "the A-ASSOCIATE-RQ is malformed");
            return;
        }

        var caller = new AssociationCaller(
            Guid.CreateVersion7(), request!.CallingAe, request.CalledAe, _connection.RemoteEndPoint, request.User.ImplementationClassUid, request.User.ImplementationVersion);
        var admission = Negotiation.Refusal(request) is { } refusal ? new Admission.Rejected(refusal)
            : _isOverLimit || _isStopping ? new Admission.Rejected(AssociateReject.LocalLimitExceeded)
            : await _service.AdmitAsync(caller, CancellationToken.None);
        if (admission is Admission.Rejected { Reason: var reason })
        {
            reason.Write(_pdu.Clear());
            await EndWithAsync(EndingKind.AbortedByUs, reason.Text);
            return;
        }

        var accept = Negotiation.Answer(request, _options.MaxPduLength);
        _session = ((Admission.Accepted)admission).Session;
        _dialogue = new ScpDialogue(_session, request, accept, _options.Scan);
        _state = ScpState.Established;
        accept.Write(_pdu.Clear());
        await SendAsync();
    }

    private async ValueTask<bool> TakeValueAsync()
    {
        switch (_values.Next(ref _unread, out var fragment))
        {
            case PdvStep.NeedMore:
                return false;
            case PdvStep.EndOfPdu:
                return true;
            case PdvStep.Malformed:
                await BreakAsync(Abort.InvalidParameter, "a presentation data value does not fit its PDU");
                return false;
        }

        switch (await _dialogue!.TakeAsync(fragment, CancellationToken.None))
        {
            case DialogueStep.Reply(var contextId, var response):
                response.Write(_pdu.Clear(), contextId);
                await SendAsync();
                break;
            case DialogueStep.Break(var abort, var because):
                await BreakAsync(abort, because);
                break;
        }

        return _ending is null;
    }

    private ValueTask BreakAsync(Abort abort, string because)
    {
        abort.Write(_pdu.Clear());
        return EndWithAsync(EndingKind.AbortedByUs, because);
    }

    private async ValueTask EndWithAsync(EndingKind kind, string because)
    {
        _ending = (kind, because);
        _mayLinger = true;
        await SendAsync();
    }

    private async ValueTask SendAsync()
    {
        AwaitPeer();
        var flush = await _connection.Transport.Output.WriteAsync(_pdu.Written);
        StopAwaitingPeer();
        // A cancellation alone may be an echo of a deadline that was met after all.
        if (flush.IsCompleted || (flush.IsCanceled && _deadline.HasPassed)) _ending ??= (EndingKind.Lost, Where("the peer took no answer"));
    }

    // Inside an association the deadline runs only while the peer has the word: what waits for our disk is not the peer's silence.
    private void AwaitPeer()
    {
        if (_state == ScpState.Established) _deadline.Set(_options.IdleTimeout);
    }

    private void StopAwaitingPeer()
    {
        if (_state == ScpState.Established) _deadline.Suspend();
    }

    private string Where(string what) => _dialogue is null ? $"{what} before a whole A-ASSOCIATE-RQ had come"
        : _dialogue.IsAtRest ? $"{what} between messages" : $"{what} in the middle of an object";

    private async Task EndAsync()
    {
        var (kind, because) = _ending ?? (EndingKind.Lost, "the connection was lost");
        if (_dialogue is not null) await _dialogue.DisposeAsync();
        if (_session is not null)
        {
            // The record of how it ended outlives the connection's own token.
            await _session.EndAsync(new AssociationEnding(kind, because, _dialogue!.Objects, _dialogue.Refused, _dialogue.Bytes), CancellationToken.None);
        }
        else
        {
            _service.Dismissed(_connection.RemoteEndPoint, because);
        }

        if (_mayLinger) await AwaitCloseAsync();
    }

    /// <summary>Leaves closing to the peer for a moment (PS3.8, Sta13): a socket closed on unread bytes takes the last PDU with it.</summary>
    private async Task AwaitCloseAsync()
    {
        try
        {
            _deadline.Set(_options.CloseTimeout);
            ReadResult read;
            do
            {
                read = await _input.ReadAsync();
                _input.AdvanceTo(read.Buffer.End);
            }
            while (!read.IsCompleted && !read.IsCanceled);
        }
        catch (Exception gone) when (gone is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // Closed, which is what was awaited.
        }
    }
}
