using System.Collections.Concurrent;

namespace TriageWorker.Dicom.Network;

/// <summary>The requests of this side that are not answered to the end, no more at once than was negotiated.</summary>
internal sealed class Invocations(int window) : IDisposable
{
    private readonly ConcurrentDictionary<ushort, Invocation> _open = new();
    private readonly SemaphoreSlim _places = new(window, window);
    private int _count;
    private int _messageId;

    public bool IsEmpty => Volatile.Read(ref _count) == 0;

    /// <summary>Waits for a place in the window, then gives the request its message id.</summary>
    public async ValueTask<Invocation> OpenAsync(PresentationContext context, CommandSet request, CancellationToken cancellationToken)
    {
        await _places.WaitAsync(cancellationToken);
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

    public void Fail(Invocation invocation, UpperLayerEnding ending)
    {
        if (!Remove(invocation)) return;
        invocation.Complete(ending.AsException());
        _places.Release();
    }

    /// <summary>The association is over: whoever waits is told why.</summary>
    public void FailAll(UpperLayerEnding ending)
    {
        foreach (var invocation in _open.Values) Fail(invocation, ending);
    }

    public void Dispose() => _places.Dispose();

    private bool Remove(Invocation invocation)
    {
        if (!_open.TryRemove(invocation.Request.MessageId, out _)) return false;
        Interlocked.Decrement(ref _count);
        return true;
    }
}
