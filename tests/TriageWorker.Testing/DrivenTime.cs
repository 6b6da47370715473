using System.Threading.Channels;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>A clock that stands still until a test moves it.</summary>
public sealed class DrivenTime : TimeProvider
{
    private readonly Lock _gate = new();
    private readonly List<DrivenTimer> _timers = [];
    private readonly Channel<TimeSpan> _set = Channel.CreateUnbounded<TimeSpan>();
    private TimeSpan _now;

    public override long TimestampFrequency => TimeSpan.TicksPerSecond;

    public override long GetTimestamp() => _now.Ticks;

    public override DateTimeOffset GetUtcNow() => DateTimeOffset.UnixEpoch + _now;

    public override ITimer CreateTimer(TimerCallback callback, object? state, TimeSpan dueTime, TimeSpan period)
    {
        var timer = new DrivenTimer(this, () => callback(state));
        timer.Change(dueTime, period);
        return timer;
    }

    /// <summary>Waits until somebody sets a timer.</summary>
    public async Task NextTimerAsync() => await _set.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits until somebody sets a timer of that length.</summary>
    public async Task NextTimerAsync(TimeSpan length)
    {
        while (await _set.Reader.ReadAsync(TestContext.Current.CancellationToken) != length) { }
    }

    public void Advance(TimeSpan by)
    {
        List<DrivenTimer> due;
        lock (_gate)
        {
            _now += by;
            due = _timers.FindAll(timer => timer.Due <= _now);
            _timers.RemoveAll(due.Contains);
            foreach (var timer in due.Where(timer => timer.Period > TimeSpan.Zero)) timer.Repeat();
        }

        foreach (var timer in due) timer.Fire();
    }

    /// <summary>Moves the clock step by step until what is awaited has come: whoever sets a timer a little late is still met.</summary>
    public async Task AdvanceUntilAsync(TimeSpan step, Task awaited)
    {
        while (!awaited.IsCompleted)
        {
            Advance(step);
            await Task.Yield();
        }
    }

    private sealed class DrivenTimer(DrivenTime time, Action fire) : ITimer
    {
        public TimeSpan Due { get; private set; }

        public TimeSpan Period { get; private set; }

        /// <summary>Called with the gate held. However far the clock was moved, it fires once, as a PeriodicTimer does that nobody waited for.</summary>
        public void Repeat()
        {
            Due = time._now + Period;
            time._timers.Add(this);
        }

        public void Fire() => fire();

        public bool Change(TimeSpan dueTime, TimeSpan period)
        {
            lock (time._gate)
            {
                time._timers.Remove(this);
                if (dueTime == Timeout.InfiniteTimeSpan) return true;
                (Due, Period) = (time._now + dueTime, period);
                time._timers.Add(this);
            }

            time._set.Writer.TryWrite(dueTime);
            return true;
        }

        public void Dispose() => Change(Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        public ValueTask DisposeAsync()
        {
            Dispose();
            return ValueTask.CompletedTask;
        }
    }
}
