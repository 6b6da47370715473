using System.Buffers;
using System.IO.Pipelines;
using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>
/// One side of one connection (PS3.8, 9): whatever is received or sent goes through <see cref="UpperLayerTable"/>. One caller
/// receives, any number send. Only PDUs and their fragments are known here; what they mean is their users' business.
/// </summary>
internal sealed class UpperLayer : IDisposable
{
    private readonly PipeReader _input;
    private readonly PipeWriter _output;
    private readonly bool _isRequestor;
    private readonly UpperLayerLimits _limits;
    private readonly PeerSocket _socket;
    private readonly PduReader _reader;
    private readonly Deadline _silence;
    private readonly Deadline _sending;
    private readonly SemaphoreSlim _turn = new(1, 1);
    private readonly Lock _gate = new();

    private UpperLayerState _state = UpperLayerState.Idle;
    private ReadOnlySequence<byte> _unread;
    private SequencePosition _examined;
    private bool _holdsBuffer;
    private bool _isInputOver;
    private volatile bool _isHurried; // aborting, or the peer takes nothing any more: only what it has said already is waited for

    /// <param name="cut">Breaks the transport connection, for a peer that takes nothing.</param>
    public UpperLayer(
        PipeReader input, PipeWriter output, bool isRequestor, UpperLayerLimits limits, TimeProvider time, Action cut, PeerSocket socket = default)
    {
        (_input, _output, _isRequestor, _limits, _socket) = (input, output, isRequestor, limits, socket);
        _reader = new PduReader(limits);
        _silence = new Deadline(time, input.CancelPendingRead);
        _sending = new Deadline(time, cut);
        Apply(isRequestor ? UpperLayerEvent.AssociateRequestPrimitive : UpperLayerEvent.TransportIndicated);
        if (!isRequestor) _silence.Set(limits.Artim);
    }

    public UpperLayerState State => _state;

    /// <summary>Set once, when no PDU of the peer will be passed on any more.</summary>
    public UpperLayerEnding? Ending { get; private set; }

    /// <summary>True while a P-DATA-TF of the peer is half received.</summary>
    public bool IsInsideData => _reader.IsInsideData;

    // Each of the following returns false when the association is no longer in a state for it, or the peer takes nothing:
    // ReceiveAsync then comes to its end, and Ending says why.

    public ValueTask<bool> RequestAsync(ReadOnlyMemory<byte> associateRequest)
    {
        _silence.Set(_limits.Artim);
        return SendAsync(UpperLayerEvent.TransportConfirmed, associateRequest);
    }

    public ValueTask<bool> AcceptAsync(ReadOnlyMemory<byte> associateAccept) => SendAsync(UpperLayerEvent.AcceptPrimitive, associateAccept);

    public ValueTask<bool> RejectAsync(AssociateReject reject)
    {
        End(new UpperLayerEnding(EndingKind.AbortedByUs, reject.Text, NetworkFault.Rejected));
        return SendAsync(UpperLayerEvent.RejectPrimitive, Pdu(reject.Write));
    }

    /// <summary>Sends one P-DATA-TF; waits while the peer takes nothing.</summary>
    public ValueTask<bool> SendDataAsync(ReadOnlyMemory<byte> pdu) => SendAsync(UpperLayerEvent.DataPrimitive, pdu);

    public ValueTask<bool> RequestReleaseAsync() => SendAsync(UpperLayerEvent.ReleaseRequestPrimitive, Pdu(Release.WriteRequest));

    /// <summary>Answers a release that was indicated.</summary>
    public ValueTask<bool> AnswerReleaseAsync(string because)
    {
        // In a collision the requestor still waits for the acceptor's own answer (Sta11); everybody else is done.
        if (_state != UpperLayerState.CollisionRequestorAnswers) End(new UpperLayerEnding(EndingKind.Released, because, NetworkFault.None));
        return SendAsync(UpperLayerEvent.ReleaseResponsePrimitive, Pdu(Release.WriteResponse));
    }

    /// <summary>Ends the association on this side's account; does nothing when it is over.</summary>
    public async ValueTask AbortAsync(string because, NetworkFault fault = NetworkFault.Aborted)
    {
        if (!End(new UpperLayerEnding(EndingKind.AbortedByUs, because, fault))) return;
        Hurry(); // a peer that takes nothing does not keep us
        await SendAsync(UpperLayerEvent.AbortPrimitive, Pdu(Abort.ByUser.Write));
        _input.CancelPendingRead();
    }

    /// <summary>The longest silence of the peer from now on; infinite while it has nothing to say.</summary>
    public void ExpectWithin(TimeSpan silence)
    {
        if (_isHurried || _state is UpperLayerState.AwaitingRequest or UpperLayerState.AwaitingAnswer or UpperLayerState.AwaitingClose) return; // ARTIM's
        if (silence == Timeout.InfiniteTimeSpan) _silence.Suspend();
        else _silence.Set(silence);
    }

    /// <summary>Makes a pending <see cref="ReceiveAsync"/> return <see cref="IndicationKind.Nudge"/>.</summary>
    public void Nudge() => _input.CancelPendingRead();

    /// <summary>Waits for the next thing that the user has to know. What was returned before becomes invalid.</summary>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    public async ValueTask<Indication> ReceiveAsync()
    {
        while (Ending is null)
        {
            if (_holdsBuffer && _reader.TryTake(ref _unread, _state, out var arrival))
            {
                var indication = await HandleAsync(arrival);
                if (indication.Kind != IndicationKind.None) return indication;
                continue;
            }

            if (await ReadAsync()) return new Indication(IndicationKind.Nudge);
        }

        return new Indication(IndicationKind.Ended);
    }

    /// <summary>Leaves closing to the peer for a moment (Sta13): a socket closed on unread bytes takes the last PDU with it.</summary>
    public async ValueTask LingerAsync()
    {
        _silence.Set(_limits.Close);
        while (_state == UpperLayerState.AwaitingClose)
        {
            if (_holdsBuffer && _reader.TryTake(ref _unread, _state, out var arrival)) await HandleAsync(arrival);
            else await ReadAsync();
        }
    }

    public void Dispose()
    {
        _silence.Dispose();
        _sending.Dispose();
        _turn.Dispose();
    }

    /// <returns>True when nothing came and somebody nudged.</returns>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> ReadAsync()
    {
        try
        {
            if (_holdsBuffer) _input.AdvanceTo(_unread.Start, _examined);
            _holdsBuffer = false;
            if (_isInputOver)
            {
                Close("the connection was closed");
                return false;
            }

            // Not under ConnectionClosed: that is raised when the peer has said all it will say, and what it said still has to be read.
            var read = await _input.ReadAsync();
            _socket.AcknowledgeAtOnce();
            (_unread, _examined, _holdsBuffer, _isInputOver) = (read.Buffer, read.Buffer.End, true, read.IsCompleted);
            if (!read.IsCanceled) return false;
            if (!_silence.HasPassed) return true;
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            Close("the connection was reset");
            return false;
        }

        await OnSilenceAsync();
        return false;
    }

    private async ValueTask OnSilenceAsync()
    {
        var ending = new UpperLayerEnding(EndingKind.AbortedByUs, "nothing came for too long", NetworkFault.TimedOut);
        if (_state is UpperLayerState.AwaitingRequest or UpperLayerState.AwaitingClose)
        {
            End(ending);
            Apply(UpperLayerEvent.ArtimExpired);
            return;
        }

        if (!End(ending)) return;
        await SendAsync(UpperLayerEvent.AbortPrimitive, Pdu(Abort.ByUser.Write));
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<Indication> HandleAsync(PduArrival arrival)
    {
        if (arrival.Event == UpperLayerEvent.None)
        {
            // Its PDU was let in; meanwhile this side may have ended the association.
            return Ending is null ? new Indication(IndicationKind.Data, arrival.Fragment) : default;
        }

        switch (Apply(arrival.Event))
        {
            case UpperLayerAction.AE3:
                _silence.Suspend();
                return new Indication(IndicationKind.Accepted, Body: arrival.Body);
            case UpperLayerAction.AE4:
                AssociateReject.TryRead(arrival.Body, out var rejection);
                End(new UpperLayerEnding(EndingKind.AbortedByCaller, rejection.Text, NetworkFault.Rejected) { Rejection = rejection });
                break;
            case UpperLayerAction.AE6:
                _silence.Suspend();
                return new Indication(IndicationKind.Associate, Body: arrival.Body);
            case UpperLayerAction.AR2 or UpperLayerAction.AR10:
            case UpperLayerAction.AR8 when _isRequestor: // as the acceptor, our answer waits for the peer's (AR-10)
                return new Indication(IndicationKind.Release);
            case UpperLayerAction.AR3:
                End(new UpperLayerEnding(EndingKind.Released, "released", NetworkFault.None));
                break;
            case UpperLayerAction.AA2 or UpperLayerAction.AA3:
                Abort.TryRead(arrival.Body, out var abort);
                End(new UpperLayerEnding(EndingKind.AbortedByCaller, abort.Text, NetworkFault.Aborted));
                break;
            case UpperLayerAction.AA1 or UpperLayerAction.AA7:
                End(new UpperLayerEnding(EndingKind.AbortedByUs, arrival.Because, NetworkFault.Protocol));
                await WriteInTurnAsync(Pdu(Abort.ByUser.Write));
                break;
            case UpperLayerAction.AA8:
                End(new UpperLayerEnding(EndingKind.AbortedByUs, arrival.Because, NetworkFault.Protocol));
                await WriteInTurnAsync(Pdu(arrival.Abort.Write));
                break;
        }

        return default;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAsync(UpperLayerEvent primitive, ReadOnlyMemory<byte> pdu)
    {
        await _turn.WaitAsync();
        try
        {
            return TryApply(primitive, out _) && await WriteAsync(pdu);
        }
        finally
        {
            _turn.Release();
        }
    }

    private async ValueTask WriteInTurnAsync(ReadOnlyMemory<byte> pdu)
    {
        await _turn.WaitAsync();
        try
        {
            await WriteAsync(pdu);
        }
        finally
        {
            _turn.Release();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> pdu)
    {
        try
        {
            _sending.Set(_isHurried ? _limits.Close : _limits.Send);
            var flush = await _output.WriteAsync(pdu);
            if (flush is { IsCompleted: false, IsCanceled: false }) return true;
        }
        catch (Exception lost) when (lost is IOException or OperationCanceledException or ObjectDisposedException or InvalidOperationException)
        {
            // What the peer said before it went away, such as the reason, is still read.
        }
        finally
        {
            _sending.Suspend();
        }

        Hurry();
        return false;
    }

    private void Hurry()
    {
        _isHurried = true;
        _silence.Set(_limits.Close);
        _sending.Shorten(_limits.Close);
    }

    private bool TryApply(UpperLayerEvent happened, out UpperLayerAction action)
    {
        lock (_gate)
        {
            action = UpperLayerTable.Action(_state, happened);
            if (action == UpperLayerAction.None) return false;
            _state = UpperLayerTable.Next(action, _isRequestor);
            return true;
        }
    }

    private UpperLayerAction Apply(UpperLayerEvent happened) =>
        TryApply(happened, out var action) ? action : throw new InvalidOperationException($"{happened} is not possible in state {_state}.");

    private bool End(UpperLayerEnding ending)
    {
        lock (_gate)
        {
            if (Ending is not null) return false;
            Ending = ending;
            return true;
        }
    }

    private void Close(string because)
    {
        End(_sending.HasPassed
            ? new UpperLayerEnding(EndingKind.AbortedByUs, "the peer took nothing for too long", NetworkFault.TimedOut) // and we cut the connection
            : new UpperLayerEnding(EndingKind.Lost, because, NetworkFault.Lost));
        if (_state != UpperLayerState.Idle) Apply(UpperLayerEvent.TransportClosed);
    }

    private static ReadOnlyMemory<byte> Pdu(Action<PduBuffer> write)
    {
        var pdu = new PduBuffer();
        write(pdu);
        return pdu.Written;
    }
}
