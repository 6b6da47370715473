namespace TriageWorker.Dicom.Network;

/// <summary>
/// Bytes of objects that have come whole and are on their way to safety, over all associations. While there are more than the limit,
/// no new object is begun: whoever waits, waits for our own disk, never for a peer. One that was begun is never held up.
/// </summary>
internal sealed class BytesInFlight(long limit)
{
    private readonly Lock _gate = new();
    private long _bytes;
    private TaskCompletionSource? _room;

    public long Used
    {
        get
        {
            lock (_gate) return _bytes;
        }
    }

    public void Add(long bytes)
    {
        lock (_gate) _bytes += bytes;
    }

    public void Remove(long bytes)
    {
        TaskCompletionSource? room = null;
        lock (_gate)
        {
            _bytes -= bytes;
            if (_bytes <= limit) (room, _room) = (_room, null);
        }

        room?.SetResult();
    }

    public Task WaitForRoomAsync()
    {
        lock (_gate)
        {
            if (_bytes <= limit) return Task.CompletedTask;
            return (_room ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously)).Task;
        }
    }
}
