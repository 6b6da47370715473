namespace TriageWorker.Bus;

/// <summary>How often work is tried and how long it waits in between: doubling, up to a longest wait.</summary>
public sealed record RetryPolicy(int MaxAttempts, TimeSpan First, TimeSpan Longest)
{
    public static RetryPolicy Default { get; } = new(3, TimeSpan.FromSeconds(2), TimeSpan.FromMinutes(1));

    /// <param name="attempt">The attempt that failed, from 1.</param>
    public TimeSpan DelayAfter(int attempt)
    {
        var doublings = Math.Clamp(attempt - 1, 0, 30);
        var delay = First.TotalMilliseconds * (1L << doublings);
        return delay >= Longest.TotalMilliseconds ? Longest : TimeSpan.FromMilliseconds(delay);
    }

    public override string ToString() => $"{MaxAttempts} attempts, {First} apart, doubling up to {Longest}";
}
