using Npgsql;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>How many critical alarms are open, for the line on top of every page. Kept for a moment, so that pages cost one question a second.</summary>
internal sealed class AlarmBanner(AlarmStore alarms, TimeProvider clock)
{
    private static readonly TimeSpan Fresh = TimeSpan.FromSeconds(1), Patience = TimeSpan.FromSeconds(2);
    private Count? _last;

    /// <summary>Null when the database does not answer: a page that needs none of it is shown all the same.</summary>
    public async Task<long?> CriticalAsync(CancellationToken stop)
    {
        if (_last is { } last && clock.GetElapsedTime(last.At) < Fresh) return last.Alarms;
        using var patience = new CancellationTokenSource(Patience, clock);
        using var any = CancellationTokenSource.CreateLinkedTokenSource(stop, patience.Token);
        try
        {
            var count = await alarms.CriticalAsync(any.Token);
            _last = new(count, clock.GetTimestamp());
            return count;
        }
        catch (Exception away) when (away is NpgsqlException or OperationCanceledException && !stop.IsCancellationRequested)
        {
            return null;
        }
    }

    private sealed record Count(long Alarms, long At);
}
