using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>How many critical alarms are open, for the line on top of every page. Never kept: a page is read again once for each change, and would keep what was kept for it.</summary>
internal sealed class AlarmBanner(AlarmStore alarms, TimeProvider clock)
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(2);

    /// <summary>Null when the database does not answer: a page that needs none of it is shown all the same.</summary>
    public async Task<long?> CriticalAsync(CancellationToken stop)
    {
        using var patience = new CancellationTokenSource(Patience, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            return await alarms.CriticalAsync(any.Token);
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }
}
