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
    private readonly UpperLayerLimits _limits;
    private readonly PeerSocket _socket;
    private readonly PduReader _reader;
    private readonly PduOutput _output;
    private readonly Deadline _silence;
    private readonly UpperLayerMachine _machine;

    private ReadOnlySequence<byte> _unread;
    private SequencePosition _examined;
    private bool _holdsBuffer;
    private bool _isInputOver;

    /// <param name="cut">Breaks the transport connection, for a peer that takes nothing.</param>
    public UpperLayer(
        PipeReader input, PipeWriter output, bool isRequestor, UpperLayerLimits limits, TimeProvider time, Action cut, PeerSocket socket = default)
    {
        (_input, _limits, _socket) = (input, limits, socket);
        _reader = new PduReader(limits);
        _output = new PduOutput(output, limits, time, cut);
        _silence = new Deadline(time, input.CancelPendingRead);
        _machine = new UpperLayerMachine(isRequestor);
        _machine.Apply(isRequestor ? UpperLayerEvent.AssociateRequestPrimitive : UpperLayerEvent.TransportIndicated);
        if (!isRequestor) _silence.Set(limits.Artim);
    }

    public UpperLayerState State => _machine.State;

    /// <summary>Set once, when no PDU of the peer will be passed on any more.</summary>
    public UpperLayerEnding? Ending => _machine.Ending;

    public PduFigures Figures => _reader.Figures;

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
        _machine.End(new UpperLayerEnding(EndingKind.AbortedByUs, reject.Text, NetworkFault.Rejected));
        return SendAsync(UpperLayerEvent.RejectPrimitive, Pdu(reject.Write));
    }

    /// <summary>Sends one P-DATA-TF; waits while the peer takes nothing.</summary>
    public ValueTask<bool> SendDataAsync(ReadOnlyMemory<byte> pdu) => SendAsync(UpperLayerEvent.DataPrimitive, pdu);

    public ValueTask<bool> RequestReleaseAsync() => SendAsync(UpperLayerEvent.ReleaseRequestPrimitive, Pdu(Release.WriteRequest));

    /// <summary>Answers a release that was indicated.</summary>
    public ValueTask<bool> AnswerReleaseAsync(string because)
    {
        // In a collision the requestor still waits for the acceptor's own answer (Sta11); everybody else is done.
        if (_machine.State != UpperLayerState.CollisionRequestorAnswers) _machine.End(new UpperLayerEnding(EndingKind.Released, because, NetworkFault.None));
        return SendAsync(UpperLayerEvent.ReleaseResponsePrimitive, Pdu(Release.WriteResponse));
    }

    /// <summary>Ends the association on this side's account; does nothing when it is over.</summary>
    public async ValueTask AbortAsync(string because, NetworkFault fault = NetworkFault.Aborted)
    {
        if (!_machine.End(new UpperLayerEnding(EndingKind.AbortedByUs, because, fault))) return;
        Hurry(); // a peer that takes nothing does not keep us
        await SendAsync(UpperLayerEvent.AbortPrimitive, Pdu(Abort.ByUser.Write));
        _input.CancelPendingRead();
    }

    /// <summary>The longest silence of the peer from now on; infinite while it has nothing to say.</summary>
    public void ExpectWithin(TimeSpan silence)
    {
        if (_output.IsHurried || _machine.State is UpperLayerState.AwaitingRequest or UpperLayerState.AwaitingAnswer or UpperLayerState.AwaitingClose) return; // ARTIM's
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
            if (_holdsBuffer && _reader.TryTake(ref _unread, _machine.State, out var arrival))
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
        while (_machine.State == UpperLayerState.AwaitingClose)
        {
            if (_holdsBuffer && _reader.TryTake(ref _unread, _machine.State, out var arrival)) await HandleAsync(arrival);
            else await ReadAsync();
        }
    }

    public void Dispose()
    {
        _silence.Dispose();
        _output.Dispose();
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
        if (_machine.State is UpperLayerState.AwaitingRequest or UpperLayerState.AwaitingClose)
        {
            _machine.End(ending);
            _machine.Apply(UpperLayerEvent.ArtimExpired);
            return;
        }

        if (!_machine.End(ending)) return;
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

        switch (_machine.Apply(arrival.Event))
        {
            case UpperLayerAction.AE3:
                _silence.Suspend();
                return new Indication(IndicationKind.Accepted, Body: arrival.Body);
            case UpperLayerAction.AE4:
                AssociateReject.TryRead(arrival.Body, out var rejection);
                _machine.End(new UpperLayerEnding(EndingKind.AbortedByCaller, rejection.Text, NetworkFault.Rejected) { Rejection = rejection });
                break;
            case UpperLayerAction.AE6:
                _silence.Suspend();
                return new Indication(IndicationKind.Associate, Body: arrival.Body);
            case UpperLayerAction.AR2 or UpperLayerAction.AR10:
            case UpperLayerAction.AR8 when _machine.IsRequestor: // as the acceptor, our answer waits for the peer's (AR-10)
                return new Indication(IndicationKind.Release);
            case UpperLayerAction.AR3:
                _machine.End(new UpperLayerEnding(EndingKind.Released, "released", NetworkFault.None));
                break;
            case UpperLayerAction.AA2 or UpperLayerAction.AA3:
                Abort.TryRead(arrival.Body, out var abort);
                _machine.End(new UpperLayerEnding(EndingKind.AbortedByCaller, abort.Text, NetworkFault.Aborted));
                break;
            case UpperLayerAction.AA1 or UpperLayerAction.AA7:
                _machine.End(new UpperLayerEnding(EndingKind.AbortedByUs, arrival.Because, NetworkFault.Protocol));
                await SendAsync(UpperLayerEvent.None, Pdu(Abort.ByUser.Write));
                break;
            case UpperLayerAction.AA8:
                _machine.End(new UpperLayerEnding(EndingKind.AbortedByUs, arrival.Because, NetworkFault.Protocol));
                await SendAsync(UpperLayerEvent.None, Pdu(arrival.Abort.Write));
                break;
        }

        return default;
    }

    /// <param name="primitive">None for what an event of the peer's calls for: that has moved the state already.</param>
    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> SendAsync(UpperLayerEvent primitive, ReadOnlyMemory<byte> pdu)
    {
        await _output.TakeTurnAsync();
        try
        {
            return (primitive == UpperLayerEvent.None || _machine.TryApply(primitive, out _)) && await WriteAsync(pdu);
        }
        finally
        {
            _output.EndTurn();
        }
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder<>))]
    private async ValueTask<bool> WriteAsync(ReadOnlyMemory<byte> pdu)
    {
        if (await _output.WriteAsync(pdu)) return true;
        Hurry();
        return false;
    }

    private void Hurry()
    {
        _output.Hurry();
        _silence.Set(_limits.Close);
    }

    private void Close(string because)
    {
        _machine.End(_output.WasCut
            ? new UpperLayerEnding(EndingKind.AbortedByUs, "the peer took nothing for too long", NetworkFault.TimedOut)
            : new UpperLayerEnding(EndingKind.Lost, because, NetworkFault.Lost));
        if (_machine.State != UpperLayerState.Idle) _machine.Apply(UpperLayerEvent.TransportClosed);
    }

    private static ReadOnlyMemory<byte> Pdu(Action<PduBuffer> write)
    {
        var pdu = new PduBuffer();
        write(pdu);
        return pdu.Written;
    }
}
