namespace TriageWorker.Dicom.Network;

/// <summary>One timer of an association; <see cref="HasPassed"/> says afterwards whether it was the one that ended a wait.</summary>
internal sealed class Deadline : IDisposable
{
    // Timers and timestamps are different clocks.
    private static readonly TimeSpan Tolerance = TimeSpan.FromMilliseconds(50);

    private readonly TimeProvider _time;
    private readonly Action _onPassed;
    private readonly ITimer _timer;
    private readonly Lock _gate = new();
    private bool _isSet;
    private TimeSpan _after;
    private long _from;
    private volatile bool _hasPassed;

    public Deadline(TimeProvider time, Action onPassed)
    {
        (_time, _onPassed) = (time, onPassed);
        _timer = time.CreateTimer(_ => OnTimer(), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
    }

    public bool HasPassed => _hasPassed;

    public void Set(TimeSpan after)
    {
        lock (_gate)
        {
            _hasPassed = false;
            (_isSet, _after, _from) = (true, after, _time.GetTimestamp());
            _timer.Change(after, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>While we ourselves are busy, nobody is late.</summary>
    public void Suspend()
    {
        lock (_gate)
        {
            _hasPassed = false;
            if (!_isSet) return;
            _isSet = false;
            _timer.Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>Brings a deadline that is running forward.</summary>
    public void Shorten(TimeSpan after)
    {
        lock (_gate)
        {
            if (_isSet) Set(after);
        }
    }

    public void Dispose() => _timer.Dispose();

    private void OnTimer()
    {
        lock (_gate)
        {
            // A callback that was on its way when the deadline was suspended, or set anew, is not about this wait.
            if (!_isSet || _time.GetElapsedTime(_from) + Tolerance < _after) return;
            _isSet = false;
            _hasPassed = true;
        }

        _onPassed();
    }
}
