namespace TriageWorker.Dicom.Network;

/// <summary>One timer of an association; it says by <see cref="HasPassed"/> why a read was cancelled.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly ITimer _timer;
    private volatile bool _hasPassed;

    public Deadline(TimeProvider time, Action onPassed) =>
        _timer = time.CreateTimer(_ => { _hasPassed = true; onPassed(); }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public bool HasPassed => _hasPassed;

    public void Set(TimeSpan after)
    {
        _hasPassed = false;
        _timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>While we ourselves are busy, nobody is late.</summary>
    public void Suspend() => _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public void Dispose() => _timer.Dispose();
}
