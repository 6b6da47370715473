using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>How the time of one association goes, as its objects show it. Used by one thread at a time, as objects come one after the other.</summary>
internal sealed class LinkMeter(TimeProvider clock)
{
    // A scanner that makes images, or has none, is not slow in sending them.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(1);

    private long _begunAt, _firstAt, _wholeAt, _answeredAt;
    private bool _hasFirst, _hasAnswered;
    private TimeSpan _waited;

    /// <summary>Its command has come.</summary>
    public void Begin()
    {
        _begunAt = clock.GetTimestamp();
        _waited = _hasAnswered ? clock.GetElapsedTime(_answeredAt, _begunAt) : TimeSpan.Zero;
        _hasFirst = false;
    }

    /// <summary>Some of its bytes have come.</summary>
    public void Write()
    {
        if (_hasFirst) return;
        (_firstAt, _hasFirst) = (clock.GetTimestamp(), true);
    }

    /// <summary>All have.</summary>
    public void Whole()
    {
        Write();
        _wholeAt = clock.GetTimestamp();
    }

    /// <summary>It is answered; the sender has the word again.</summary>
    public LinkTimes Answer()
    {
        var waits = _hasAnswered && _waited < Pause;
        (_answeredAt, _hasAnswered) = (clock.GetTimestamp(), true);
        var starting = clock.GetElapsedTime(_begunAt, _firstAt);
        return new LinkTimes(starting, clock.GetElapsedTime(_firstAt, _wholeAt), clock.GetElapsedTime(_wholeAt, _answeredAt), waits ? _waited : TimeSpan.Zero, waits ? 1 : 0,
            (waits && IsLate(_waited) ? 1 : 0) + (IsLate(starting) ? 1 : 0));
    }

    // Linux delays an acknowledgement by 40 ms, Windows and others by some 200 (RFC 9293, 3.8.6.3, allows 500).
    private static bool IsLate(TimeSpan time) => time.TotalMilliseconds is (>= 35 and <= 60) or (>= 180 and <= 240);
}
