using TriageWorker.Store;

namespace TriageWorker.Bus;

/// <summary>
/// Leases that ran out, as this process's sweeper found them. One sweep that finds some is a process that was stopped; sweeps that
/// find some again and again are processes that keep dying over their work, or a database that heartbeats do not reach.
/// </summary>
public sealed class ExpiredLeases(TimeProvider clock) : IWatched
{
    public const string Kind = "work.expired";

    private const int Many = 5, Sweeps = 2;
    private static readonly TimeSpan Window = TimeSpan.FromMinutes(10);
    private readonly Lock _lock = new();
    private readonly Queue<(long At, int Leases)> _found = [];

    public void Add(int leases)
    {
        if (leases == 0) return;
        lock (_lock) _found.Enqueue((clock.GetTimestamp(), leases));
    }

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop)
    {
        const string over = "No more leases than a stopped process explains have run out for a while.";
        var (sweeps, leases) = Recent();
        return ValueTask.FromResult<IReadOnlyList<Watched>>([sweeps >= Sweeps && leases >= Many
            ? Watched.Troubled(new(Kind, Environment.MachineName, AlarmSeverity.Warning,
                $"{leases} leases on work ran out within {Window.TotalMinutes:0} minutes: processes end or fall silent over their work, again and again. " +
                "The work is done by others; see the logs of the workers for why they ended."), over)
            : Watched.Well(Kind, Environment.MachineName, over)]);
    }

    private (int Sweeps, int Leases) Recent()
    {
        lock (_lock)
        {
            while (_found.TryPeek(out var oldest) && clock.GetElapsedTime(oldest.At) > Window) _found.Dequeue();
            return (_found.Count, _found.Sum(sweep => sweep.Leases));
        }
    }
}
