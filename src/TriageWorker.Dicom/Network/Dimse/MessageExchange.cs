using System.Buffers;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>
/// The messages of one association, both ways (PS3.7, 6.3; PS3.8, annex E): command sets put together, data sets passed on as
/// they come, requests of the peer given to the services that perform them, its responses to whoever asked.
/// </summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing, and disposing it would leave those that wait for it waiting.")]
internal sealed class MessageExchange
{
    private readonly UpperLayer _upper;
    private readonly Agreement _agreement;
    private readonly MessageLimits _limits;
    private readonly Performers _performers;
    private readonly Invocations _invocations;
    private readonly PeersTime _peersTime;
    private readonly Func<PeersTurn> _turn; // made once: it is asked for each piece of data
    private readonly SemaphoreSlim _sending = new(1, 1);
    private readonly PduBuffer _pdu = new();
    private readonly ArrayBufferWriter<byte> _command = new(512);

    private Incoming? _incoming;
    private volatile bool _isSending;
    private volatile bool _isStopping;

    public MessageExchange(UpperLayer upper, Agreement agreement, MessageLimits limits, IReadOnlyList<DimseService> services)
    {
        (_upper, _agreement, _limits) = (upper, agreement, limits);
        _performers = new Performers(this, upper, services, agreement.MaxPerformed);
        _invocations = new Invocations(agreement.MaxInvoked, limits);
        _peersTime = new PeersTime(upper, limits);
        _turn = () => new PeersTurn(
            IsOurs: !_performers.IsIdle || _isSending,
            OwesAnswer: !_invocations.IsEmpty || _upper.State != UpperLayerState.Established,
            IsInMessage: _incoming is not null);
    }

    public MessageLimits Limits => _limits;

    public Agreement Agreement => _agreement;

    /// <summary>True when no message is half received and nothing is being performed.</summary>
    public bool IsAtRest => _incoming is null && _command.WrittenCount == 0 && !_upper.IsInsideData && _performers.IsEmpty && !_isSending;

    /// <summary>Whether the association ended between messages.</summary>
    public bool WasAtRest { get; private set; } = true;

    /// <summary>Ends the association once it is at rest.</summary>
    public void Stop()
    {
        _isStopping = true;
        _upper.Nudge();
    }

    /// <summary>Receives until the association is over. An exception is a fault of this side; the association is aborted then.</summary>
    public async Task RunAsync()
    {
        try
        {
            while (true)
            {
                SetDeadline();
                var indication = await _upper.ReceiveAsync();
                if (indication.Kind == IndicationKind.Ended) break;
                if (indication.Kind == IndicationKind.Data) await TakeAsync(indication.Fragment);
                else if (indication.Kind == IndicationKind.Release) await ReleaseAsync();
                if (_isStopping && IsAtRest) await _upper.AbortAsync("the receiver is stopping", NetworkFault.None);
            }
        }
        catch (Exception)
        {
            await _upper.AbortAsync("a fault of this side");
            throw;
        }
        finally
        {
            await EndAsync();
        }

        _performers.ThrowIfFaulted();
    }

    /// <summary>Sends a request, once the window allows, and registers for its responses.</summary>
    /// <exception cref="DicomNetworkException">The association is over.</exception>
    public async ValueTask<Invocation> InvokeAsync(PresentationContext context, CommandSet request, Stream? dataSet, CancellationToken cancellationToken)
    {
        var invocation = await _invocations.OpenAsync(context, request, cancellationToken);
        if (_upper.Ending is { } ending) _invocations.Fail(invocation, ending.AsException());
        else await SendRequestAsync(invocation, dataSet, cancellationToken); // if it cannot be sent, the end of the association is the answer
        return invocation;
    }

    public async ValueTask<Invocation> InvokeAsync(PresentationContext context, CommandSet request, DicomDataset dataSet, CancellationToken cancellationToken)
    {
        using var encoded = new MemoryStream(dataSet.ToBytes(TransferSyntax.Of(context.TransferSyntax)), writable: false);
        return await InvokeAsync(context, request with { HasDataSet = true }, encoded, cancellationToken);
    }

    /// <summary>C-CANCEL of a request that is still being answered (PS3.7, 9.3.2.3).</summary>
    public async ValueTask CancelAsync(Invocation invocation)
    {
        var cancel = new CommandSet { Field = CommandField.CancelRequest, MessageId = invocation.Request.MessageId };
        await SendAsync(invocation.Context, cancel, null, CancellationToken.None);
    }

    /// <summary>Sends one message whole; others wait. Cancelling in the middle of it aborts the association.</summary>
    public async ValueTask SendAsync(PresentationContext context, CommandSet command, Stream? dataSet, CancellationToken cancellationToken)
    {
        await _sending.WaitAsync(cancellationToken);
        _isSending = true;
        try
        {
            command.Write(_pdu.Clear(), context.Id, _agreement.MaxPduSent);
            if (await _upper.SendDataAsync(_pdu.Written) && dataSet is not null) await SendDataSetAsync(context, dataSet, cancellationToken);
        }
        catch (Exception)
        {
            await _upper.AbortAsync("a message could not be sent to its end");
            throw;
        }
        finally
        {
            _isSending = false;
            if (!command.IsResponse) _peersTime.AnswerIsAwaited();
            SetDeadline();
            _sending.Release();
        }
    }

    /// <summary>An operation of the peer's is done: it has the word again.</summary>
    public void OnPerformed()
    {
        SetDeadline();
        if (_isStopping) _upper.Nudge();
    }

    private void SetDeadline() => _peersTime.Set(_turn);

    /// <inheritdoc cref="Invocations.AbandonAll"/>
    public void AbandonAll() => _invocations.AbandonAll();

    /// <summary>The answer to our A-RELEASE-RQ is awaited from now on.</summary>
    public void AwaitRelease()
    {
        _peersTime.AnswerIsAwaited();
        SetDeadline();
    }

    private async ValueTask SendRequestAsync(Invocation invocation, Stream? dataSet, CancellationToken cancellationToken)
    {
        try
        {
            await SendAsync(invocation.Context, invocation.Request, dataSet, cancellationToken);
        }
        catch (Exception)
        {
            _invocations.Fail(invocation); // cancelled in the queue, or the association is being aborted over it
            throw;
        }
    }

    private async ValueTask SendDataSetAsync(PresentationContext context, Stream dataSet, CancellationToken cancellationToken)
    {
        using var fragments = new DataSetFragments(dataSet, context.Id, _agreement.MaxPduSent);
        while (await fragments.NextAsync(cancellationToken) is { IsEmpty: false } pdu)
        {
            if (!await _upper.SendDataAsync(pdu)) return;
        }
    }

    private ValueTask TakeAsync(PdvFragment fragment)
    {
        if (!_agreement.Contexts.TryGetValue(fragment.ContextId, out var context)) return BreakAsync($"presentation context {fragment.ContextId} was not accepted");
        return fragment.IsCommand ? TakeCommandAsync(context, fragment) : TakeDataAsync(context, fragment);
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    private async ValueTask TakeDataAsync(PresentationContext context, PdvFragment fragment)
    {
        if (_incoming is not { } incoming) await BreakAsync("a data set arrived without a command");
        else if (incoming.Context.Id != context.Id) await BreakAsync("a data set arrived under another context than its command");
        else
        {
            await incoming.WriteAsync(fragment.Bytes);
            if (!fragment.EndsMessagePart) return;
            _incoming = null;
            await incoming.CompleteAsync();
        }
    }

    private async ValueTask TakeCommandAsync(PresentationContext context, PdvFragment fragment)
    {
        if (_incoming is not null)
        {
            await BreakAsync("a command arrived before the end of a data set");
            return;
        }

        if (_command.WrittenCount + fragment.Bytes.Length > MessageLimits.MaxCommandLength)
        {
            await BreakAsync("the command set is too long");
            return;
        }

        foreach (var segment in fragment.Bytes) _command.Write(segment.Span);
        if (!fragment.EndsMessagePart) return;
        var isCommand = CommandSet.TryRead(_command.WrittenSpan, out var command);
        _command.ResetWrittenCount();
        if (!isCommand) await BreakAsync("the command set is malformed");
        else if (command!.Field == CommandField.CancelRequest) _performers.Cancel(command.MessageId);
        else if (command.IsResponse) await BeginAsync(await ResponseToAsync(context, command), command);
        else if (_performers.IsFlooded) await BreakAsync("requests came, and no answer was taken");
        else await BeginAsync(await _performers.BeginAsync(context, command), command);
    }

    private async ValueTask BeginAsync(Incoming? incoming, CommandSet command)
    {
        if (incoming is null) return; // the association was ended over it
        if (!command.HasDataSet)
        {
            await incoming.CompleteAsync();
            return;
        }

        _peersTime.MessageBegins();
        _incoming = incoming;
    }

    private async ValueTask<Incoming?> ResponseToAsync(PresentationContext context, CommandSet command)
    {
        if (_invocations.For(context, command) is { } invocation) return new IncomingResponse(this, invocation, command);
        await BreakAsync("a response does not belong to a request");
        return null;
    }

    internal ValueTask DeliverAsync(Invocation invocation, DimseResponse response)
    {
        _peersTime.AnswerIsAwaited();
        return _invocations.DeliverAsync(invocation, response);
    }

    internal ValueTask BreakAsync(string because) => _upper.AbortAsync(because, NetworkFault.Protocol);

    private async ValueTask ReleaseAsync()
    {
        var isAtRest = IsAtRest;
        await _performers.CancelAllAsync();
        await _upper.AnswerReleaseAsync(isAtRest ? "released" : "released in the middle of an object");
    }

    private async ValueTask EndAsync()
    {
        WasAtRest = IsAtRest;
        try
        {
            if (_incoming is not null) await _incoming.DisposeAsync();
        }
        finally
        {
            _incoming = null;
            _invocations.FailAll(_upper.Ending!);
            await _performers.CancelAllAsync();
        }
    }
}
