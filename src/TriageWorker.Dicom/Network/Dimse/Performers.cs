using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;
using System.Runtime.ExceptionServices;

namespace TriageWorker.Dicom.Network;

/// <summary>The requests of the peer that are being performed, no more at once than was negotiated.</summary>
internal sealed class Performers(MessageExchange exchange, UpperLayer upper, IReadOnlyList<DimseService> services, int window) : IAsyncDisposable
{
    private readonly ConcurrentDictionary<ushort, Performance> _running = new();
    private readonly SemaphoreSlim _places = new(window, window);
    private ExceptionDispatchInfo? _fault;

    public bool IsIdle => _running.IsEmpty;

    /// <summary>Finds who performs the request. A peer that sends more than was agreed waits here, unread.</summary>
    public async ValueTask<Incoming?> BeginAsync(PresentationContext context, CommandSet command)
    {
        await _places.WaitAsync();
        try
        {
            var operation = _running.ContainsKey(command.MessageId) ? new RefusedOperation(DimseStatus.DuplicateInvocation)
                : services.FirstOrDefault(service => (service.IsScu ? context.Invokes : context.Performs) && service.Performs(context.AbstractSyntax, command.Field)) is { } service
                    ? await service.BeginAsync(context, command, exchange.Limits)
                    : new RefusedOperation(DimseStatus.UnrecognisedOperation);
            return new IncomingRequest(this, context, command, operation);
        }
        catch (Exception)
        {
            _places.Release();
            throw;
        }
    }

    public void Cancel(ushort messageId)
    {
        if (_running.TryGetValue(messageId, out var performance)) performance.Cancel();
    }

    /// <summary>The association is over: what can be cancelled is, and the rest comes to its end.</summary>
    public async ValueTask CancelAllAsync()
    {
        foreach (var performance in _running.Values) performance.Cancel();
        foreach (var performance in _running.Values) await performance.Work;
    }

    public void ThrowIfFaulted() => _fault?.Throw();

    public async ValueTask DisposeAsync()
    {
        await CancelAllAsync();
        _places.Dispose();
    }

    private async ValueTask PerformAsync(PresentationContext context, CommandSet request, DimseOperation operation)
    {
        var performance = new Performance();
        _running[request.MessageId] = performance;
        performance.Work = RunAsync(performance, new Responder(exchange, context, request), operation);
        if (!operation.RunsBeside && window == 1) await performance.Work;
    }

    [SuppressMessage("Design", "CA1031", Justification = "Nobody awaits this: the fault is kept, ends the association, and is thrown when that is over.")]
    private async Task RunAsync(Performance performance, Responder responder, DimseOperation operation)
    {
        if (operation.RunsBeside) await Task.Yield(); // the reader goes on; it has to see a C-CANCEL
        try
        {
            await operation.PerformAsync(responder, performance.Cancelled);
        }
        catch (OperationCanceledException) when (performance.Cancelled.IsCancellationRequested)
        {
            // Cancelled without an answer: the association is over.
        }
        catch (Exception fault)
        {
            Interlocked.CompareExchange(ref _fault, ExceptionDispatchInfo.Capture(fault), null);
            await upper.AbortAsync("a fault of this side");
        }
        finally
        {
            await EndAsync(responder.Request.MessageId, operation);
            performance.Dispose();
        }
    }

    private async ValueTask EndAsync(ushort? running, DimseOperation operation)
    {
        await operation.DisposeAsync();
        if (running is { } messageId) _running.TryRemove(messageId, out _);
        _places.Release();
        exchange.OnPerformed();
    }

    private sealed class Performance : IDisposable
    {
        private readonly CancellationTokenSource _cancelled = new();

        public CancellationToken Cancelled => _cancelled.Token;

        public Task Work { get; set; } = Task.CompletedTask;

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

        public void Dispose() => _cancelled.Dispose();
    }

    private sealed class IncomingRequest(Performers performers, PresentationContext context, CommandSet command, DimseOperation operation) : Incoming(context)
    {
        public override ValueTask WriteAsync(ReadOnlySequence<byte> piece) => operation.WriteAsync(piece);

        public override ValueTask CompleteAsync() => performers.PerformAsync(Context, command, operation);

        public override ValueTask DisposeAsync() => performers.EndAsync(running: null, operation);
    }
}
