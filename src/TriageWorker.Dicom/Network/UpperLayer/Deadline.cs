namespace TriageWorker.Dicom.Network;

/// <summary>One timer of an association; <see cref="HasPassed"/> says afterwards whether it was the one that ended a wait.</summary>
internal sealed class Deadline : IDisposable
{
    private readonly ITimer _timer;
    private volatile bool _isSet;
    private volatile bool _hasPassed;

    public Deadline(TimeProvider time, Action onPassed) =>
        _timer = time.CreateTimer(_ =>
        {
            if (!_isSet) return; // suspended while the callback was on its way
            _hasPassed = true;
            onPassed();
        }, null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

    public bool HasPassed => _hasPassed;

    public void Set(TimeSpan after)
    {
        _hasPassed = false;
        _isSet = true;
        _timer.Change(after, Timeout.InfiniteTimeSpan);
    }

    /// <summary>While we ourselves are busy, nobody is late.</summary>
    public void Suspend()
    {
        if (!_isSet) return;
        _isSet = false;
        _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    /// <summary>Brings a deadline that is running forward.</summary>
    public void Shorten(TimeSpan after)
    {
        if (_isSet) Set(after);
    }

    public void Dispose() => _timer.Dispose();
}
