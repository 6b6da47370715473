using System.ComponentModel.DataAnnotations;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>When a lane counts as down, and how often it is then tried.</summary>
public sealed record BreakerPolicy
{
    /// <summary>Failures of the lane itself, one after the other, from which on its work waits.</summary>
    [Range(1, 1000)]
    public int OpensAfter { get; init; } = 5;

    /// <summary>How long after that one of them is sent to see whether it is over.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "01:00:00")]
    public TimeSpan FirstProbe { get; init; } = TimeSpan.FromSeconds(5);

    /// <summary>Each further one waits twice as long, up to this.</summary>
    [Range(typeof(TimeSpan), "00:00:00.01", "1.00:00:00")]
    public TimeSpan LongestProbe { get; init; } = TimeSpan.FromMinutes(5);

    /// <param name="failed">Probes that have failed so far.</param>
    public TimeSpan ProbeAfter(int failed)
    {
        var wait = FirstProbe.TotalMilliseconds * (1L << Math.Clamp(failed, 0, 30));
        return wait >= LongestProbe.TotalMilliseconds ? Max(FirstProbe, LongestProbe) : TimeSpan.FromMilliseconds(wait);
    }

    public override string ToString() =>
        $"After {OpensAfter} failures in a row its work waits and uses up no attempt; one at a time is sent, first after {Sentences.Span(FirstProbe)}, "
        + $"then each time after twice as long, up to {Sentences.Span(LongestProbe)}. The first that is answered lets all go at once.";

    private static TimeSpan Max(TimeSpan one, TimeSpan other) => one > other ? one : other;
}
