using System.Security.Cryptography;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>What is worth another attempt, how often work is tried, and how long it waits in between: doubling, up to a longest wait.</summary>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan First, TimeSpan Longest)
{
    public static RetryPolicy Default { get; } = new(3, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));

    /// <summary>Attempts at what no rule knows.</summary>
    public int MaxUnclear { get; init; } = 3;

    /// <summary>Each wait is drawn from this share below to this share above, so that what failed together does not come back together.</summary>
    public double Jitter { get; init; } = 0.2;

    /// <summary>What is known about faults; the first that covers one, or what caused it, holds.</summary>
    public IReadOnlyList<FaultRule> Rules { get; init; } = FaultRule.Usual;

    /// <summary>What an exception means for the work that met it.</summary>
    public WorkFault Judge(Exception error)
    {
        for (var fault = error; fault is not null; fault = fault.InnerException)
            if (Rules.FirstOrDefault(rule => rule.Covers(fault)) is { } known) return known.Of(fault);
        return FaultRule.Unknown.Of(error);
    }

    /// <summary>True when the attempt that met the fault is not followed by another one.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public bool EndsWith(WorkFault fault, int attempt) => attempt >= fault.Prospect switch
    {
        Prospect.ForGood => 1,
        Prospect.Unclear => Math.Min(MaxUnclear, MaxAttempts),
        _ => MaxAttempts,
    };

    /// <summary>The wait before what follows this attempt; none before the work is settled for good.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public TimeSpan WaitAfter(int attempt, WorkFault fault) =>
        EndsWith(fault, attempt) ? TimeSpan.Zero : Drawn(fault.Prospect == Prospect.NeedsSomebody ? Longest : DelayAfter(attempt));

    /// <summary>The middle of what is drawn for what passes by itself.</summary>
    /// <param name="attempt">The attempt that failed, from 1.</param>
    public TimeSpan DelayAfter(int attempt)
    {
        var doublings = Math.Clamp(attempt - 1, 0, 30);
        var delay = First.TotalMilliseconds * (1L << doublings);
        return delay >= Longest.TotalMilliseconds ? Longest : TimeSpan.FromMilliseconds(delay);
    }

    /// <summary>All of it in one sentence.</summary>
    public override string ToString() => string.Join("; ",
    [
        $"Up to {Count(MaxAttempts, "attempt")}, {Sentences.Span(First)} after the first and each time twice as long up to {Sentences.Span(Longest)}, each wait ± {Jitter:P0}",
        .. Of(Prospect.Passing, "tried again"),
        .. Of(Prospect.NeedsSomebody, $"tried again only each {Sentences.Span(Longest)}, as somebody has to mend it"),
        .. Of(Prospect.ForGood, "given up at once"),
        $"anything else gets {Count(Math.Min(MaxUnclear, MaxAttempts), "attempt")}.",
    ]);

    private IEnumerable<string> Of(Prospect prospect, string then)
    {
        string[] faults = [.. Rules.Where(rule => rule.Prospect == prospect).Select(rule => rule.What).Distinct(StringComparer.Ordinal)];
        return faults.Length == 0 ? [] : [$"{then}: {string.Join(", ", faults)}"];
    }

    private static string Count(int number, string what) => $"{number} {what}{(number == 1 ? "" : "s")}";

    private TimeSpan Drawn(TimeSpan wait)
    {
        const int Steps = 10_000;
        return wait * (1 + Jitter * (RandomNumberGenerator.GetInt32(-Steps, Steps + 1) / (double)Steps));
    }
}
