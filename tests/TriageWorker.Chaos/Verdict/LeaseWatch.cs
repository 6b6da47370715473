using Npgsql;

namespace TriageWorker.Chaos;

/// <summary>
/// Samples, by the database's own time, how long leases outlive their deadline. Only what is seen while the database has
/// answered for a while counts: without it nobody can sweep.
/// </summary>
internal sealed class LeaseWatch(ChaosCluster cluster)
{
    private static readonly TimeSpan Every = TimeSpan.FromMilliseconds(250), Settled = TimeSpan.FromSeconds(6), Slow = TimeSpan.FromSeconds(1);
    private TimeSpan _longest;
    private long _samples;

    /// <summary>The longest overrun seen.</summary>
    public TimeSpan Longest => _longest;

    public long Samples => _samples;

    public async Task WatchAsync(CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Every);
        var since = TimeProvider.System.GetTimestamp();
        try
        {
            while (await timer.WaitForNextTickAsync(stop))
            {
                var asked = TimeProvider.System.GetTimestamp();
                var overrun = await OverrunAsync();
                // An answer that was slow may come from before a pause.
                if (overrun is null || TimeProvider.System.GetElapsedTime(asked) > Slow) since = TimeProvider.System.GetTimestamp();
                else if (TimeProvider.System.GetElapsedTime(since) > Settled)
                {
                    _samples++;
                    if (overrun > _longest) _longest = overrun.Value;
                }
            }
        }
        catch (OperationCanceledException)
        {
            // The run is over.
        }
    }

    private async Task<TimeSpan?> OverrunAsync()
    {
        try
        {
            return (await cluster.Database.TryListAsync(
                "select coalesce(max(clock_timestamp() - lease_until), interval '0') from work where state = 'leased' and lease_until < clock_timestamp()", row => row.GetTimeSpan(0))).Single();
        }
        catch (NpgsqlException)
        {
            return null;
        }
    }
}
