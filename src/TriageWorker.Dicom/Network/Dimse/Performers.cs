using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace TriageWorker.Dicom.Network;

/// <summary>The requests of the peer that are being performed, no more unanswered at once than was negotiated.</summary>
internal sealed class Performers(MessageExchange exchange, UpperLayer upper, IReadOnlyList<DimseService> services, int window)
{
    private readonly ConcurrentDictionary<Performance, Task> _running = new();
    private int _unanswered; // from the command on
    private int _performing; // from the end of the data set on
    private ExceptionDispatchInfo? _fault;

    /// <summary>True when it is not for us to speak.</summary>
    public bool IsIdle => Volatile.Read(ref _performing) == 0;

    /// <summary>True when nothing is being performed, nor an answer being sent.</summary>
    public bool IsEmpty => _running.IsEmpty;

    /// <summary>True when a peer asks on and on and takes no answers: each of them would wait here.</summary>
    public bool IsFlooded => _running.Count > (2 * window) + 8;

    /// <summary>Finds who performs the request. The reader never waits here: what it would wait for may need what it reads.</summary>
    public async ValueTask<Incoming> BeginAsync(PresentationContext context, CommandSet command)
    {
        var performance = new Performance(this, context, command);
        var isTooMany = Interlocked.Increment(ref _unanswered) > window;
        performance.Operation = isTooMany ? new RefusedOperation(DimseStatus.ResourceLimitation, "more operations at once than were negotiated")
            : _running.Keys.Any(other => other.IsUnanswered && other.Command.MessageId == command.MessageId) ? new RefusedOperation(DimseStatus.DuplicateInvocation)
            : ServiceFor(context, command) is { } service ? await service.BeginAsync(context, command, exchange.Limits)
            : RefusedOperation.Unrecognised;
        return performance;
    }

    public void Cancel(ushort messageId)
    {
        foreach (var performance in _running.Keys)
            if (performance.IsUnanswered && performance.Command.MessageId == messageId)
                performance.Cancel();
    }

    /// <summary>The association is over: what can be cancelled is, and the rest comes to its end.</summary>
    public async ValueTask CancelAllAsync()
    {
        foreach (var performance in _running.Keys) performance.Cancel();
        foreach (var work in _running.Values) await work;
    }

    public void ThrowIfFaulted() => _fault?.Throw();

    private DimseService? ServiceFor(PresentationContext context, CommandSet command) => services.FirstOrDefault(service =>
        (service.IsScu ? context.Invokes : context.Performs) && service.Performs(context.AbstractSyntax, command.Field));

    private async ValueTask PerformAsync(Performance performance)
    {
        performance.Begin();
        var done = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        _running[performance] = done.Task;
        var work = RunAsync(performance, done);
        if (!performance.Operation.RunsBeside && window == 1) await work;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Nobody awaits this: the fault is kept, ends the association, and is thrown when that is over.")]
    private async Task RunAsync(Performance performance, TaskCompletionSource done)
    {
        if (performance.Operation.RunsBeside) await Task.Yield(); // the reader goes on; it has to see a C-CANCEL
        try
        {
            await PerformAsync(performance, new Responder(exchange, performance.Context, performance.Command, performance.Answered));
        }
        catch (Exception fault)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(fault), null);
            await upper.AbortAsync("a fault of this side");
        }
        finally
        {
            await CloseAsync(performance);
            _running.TryRemove(performance, out _);
            done.SetResult();
            exchange.OnPerformed();
        }
    }

    [SuppressMessage("Design", "CA1031", Justification = "As above: whatever closing meets, those who wait for the end of the operation are told of it.")]
    private async ValueTask CloseAsync(Performance performance)
    {
        try
        {
            await performance.DisposeAsync();
        }
        catch (Exception fault)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(fault), null);
            await upper.AbortAsync("a fault of this side");
        }
    }

    private static async ValueTask PerformAsync(Performance performance, Responder responder)
    {
        try
        {
            await performance.Operation.PerformAsync(responder, performance.Cancelled);
        }
        catch (OperationCanceledException) when (performance.Cancelled.IsCancellationRequested)
        {
            // A cancelled request has a last response too (PS3.7, 9.3.2.3); without it the requestor would wait for ever.
            if (performance.IsUnanswered) await responder.AnswerAsync(DimseStatus.Cancelled);
        }
    }

    /// <summary>One request, from its command to its last answer and a little beyond.</summary>
    private sealed class Performance(Performers performers, PresentationContext context, CommandSet command) : Incoming(context)
    {
        private const int Receiving = 0, Performing = 1, IsAnswered = 2;

        private readonly CancellationTokenSource _cancelled = new();
        private int _state = Receiving;

        public CommandSet Command => command;

        public DimseOperation Operation { get; set; } = RefusedOperation.Unrecognised;

        public CancellationToken Cancelled => _cancelled.Token;

        public bool IsUnanswered => Volatile.Read(ref _state) != IsAnswered;

        public void Begin()
        {
            _state = Performing;
            Interlocked.Increment(ref performers._performing);
        }

        public void Answered()
        {
            var before = Interlocked.Exchange(ref _state, IsAnswered);
            if (before == IsAnswered) return;
            Interlocked.Decrement(ref performers._unanswered);
            if (before == Performing) Interlocked.Decrement(ref performers._performing);
        }

        public void Cancel()
        {
            try
            {
                _cancelled.Cancel();
            }
            catch (ObjectDisposedException)
            {
                // It ended by itself.
            }
        }

        public override ValueTask WriteAsync(ReadOnlySequence<byte> piece) => Operation.WriteAsync(piece);

        public override ValueTask CompleteAsync() => performers.PerformAsync(this);

        public override async ValueTask DisposeAsync()
        {
            Answered();
            await Operation.DisposeAsync();
            _cancelled.Dispose();
        }
    }
}
