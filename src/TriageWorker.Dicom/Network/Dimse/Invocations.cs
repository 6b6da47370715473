using System.Collections.Concurrent;
using System.Diagnostics.CodeAnalysis;

namespace TriageWorker.Dicom.Network;

/// <summary>The requests of this side that are not answered to the end, no more at once than was negotiated.</summary>
[SuppressMessage("Design", "CA1001", Justification = "A semaphore without a wait handle holds nothing, and disposing it would leave those that wait for it waiting.")]
internal sealed class Invocations(int window, MessageLimits limits)
{
    private readonly ConcurrentDictionary<ushort, Invocation> _open = new();
    private readonly SemaphoreSlim _places = new(window, window);
    private int _count;
    private int _messageId;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Waits for a place in the window, then gives the request its message id.</summary>
    /// <exception cref="DicomNetworkException">No place became free in the time of a response.</exception>
    public async ValueTask<Invocation> OpenAsync(PresentationContext context, CommandSet request, CancellationToken cancellationToken)
    {
        if (!_places.Wait(0, CancellationToken.None)) await WaitAsync(cancellationToken);
        while (true)
        {
            var id = (ushort)Interlocked.Increment(ref _messageId);
            var invocation = new Invocation(context, request with { MessageId = id });
            if (id == 0 || !_open.TryAdd(id, invocation)) continue; // an old one may still be open when the numbers come round
            Interlocked.Increment(ref _count);
            return invocation;
        }
    }

    /// <summary>The request that the response belongs to; null when there is none.</summary>
    public Invocation? For(PresentationContext context, CommandSet response) =>
        _open.TryGetValue(response.MessageId, out var invocation) && invocation.Context.Id == context.Id
            && (int)response.Field == ((int)invocation.Request.Field | CommandSet.ResponseBit)
            && (!response.Status.IsPending || invocation.Request.Field is CommandField.FindRequest or CommandField.MoveRequest)
                ? invocation
                : null;

    /// <summary>Passes a response on; the last one frees its place.</summary>
    public async ValueTask DeliverAsync(Invocation invocation, DimseResponse response)
    {
        if (!response.Command.Status.IsPending) Remove(invocation);
        await invocation.DeliverAsync(response);
        if (response.Command.Status.IsPending) return;
        invocation.Complete();
        _places.Release();
    }

    /// <summary>It will not be answered.</summary>
    public void Fail(Invocation invocation, DicomNetworkException? fault = null)
    {
        if (!Remove(invocation)) return;
        invocation.Complete(fault);
        _places.Release();
    }

    /// <summary>The association is over: whoever waits is told why.</summary>
    public void FailAll(UpperLayerEnding ending)
    {
        foreach (var invocation in _open.Values) Fail(invocation, ending.AsException());
    }

    /// <summary>Nobody will take the responses that still come: the reader must not wait for that.</summary>
    public void AbandonAll()
    {
        foreach (var invocation in _open.Values) invocation.Abandon();
    }

    // A query whose matches nobody reads keeps its place, and whoever makes another request in its loop would wait for itself.
    private async Task WaitAsync(CancellationToken cancellationToken)
    {
        using var late = new CancellationTokenSource(limits.Response, limits.Time);
        using var either = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken, late.Token);
        try
        {
            await _places.WaitAsync(either.Token);
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new DicomNetworkException(NetworkFault.TimedOut,
                $"All {window} requests that may be open at once still are. Is a query read to its end, or the request made inside its loop?", false);
        }
    }

    private bool Remove(Invocation invocation)
    {
        if (!_open.TryRemove(invocation.Request.MessageId, out _)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
