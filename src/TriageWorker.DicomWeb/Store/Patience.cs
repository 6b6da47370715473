namespace TriageWorker.DicomWeb;

/// <summary>How long a sender's bytes are waited for. What this side takes for itself does not count.</summary>
internal sealed class Patience : IDisposable
{
    private readonly StowLimits _limits;
    private readonly TimeProvider _clock;
    private readonly CancellationTokenSource _lost;
    private readonly CancellationTokenSource _either;
    private long _begunAt;

    /// <param name="stop">Of the request: it is over anyway.</param>
    public Patience(StowLimits limits, TimeProvider clock, CancellationToken stop)
    {
        (_limits, _clock) = (limits, clock);
        _lost = new CancellationTokenSource(Timeout.InfiniteTimeSpan, clock);
        _either = CancellationTokenSource.CreateLinkedTokenSource(stop, _lost.Token);
        Begin();
    }

    /// <summary>For reading.</summary>
    public CancellationToken Token => _either.Token;

    public bool IsLost => _lost.IsCancellationRequested;

    /// <summary>An instance begins.</summary>
    public void Begin() => _begunAt = _clock.GetTimestamp();

    /// <summary>From now on the sender is waited for.</summary>
    public void Wait()
    {
        var left = _limits.InstanceWithin - _clock.GetElapsedTime(_begunAt);
        if (left > _limits.Silence) left = _limits.Silence;
        _lost.CancelAfter(left > TimeSpan.Zero ? left : TimeSpan.Zero);
    }

    /// <summary>It has said something.</summary>
    public void Heard() => _lost.CancelAfter(Timeout.InfiniteTimeSpan);

    public void Dispose()
    {
        _either.Dispose();
        _lost.Dispose();
    }
}
