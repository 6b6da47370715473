using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>How it stands with a destination.</summary>
/// <param name="Waiting">Documents that are due or wait for their next attempt.</param>
/// <param name="Running">Documents under way.</param>
/// <param name="Dead">Documents that failed for good and were not replayed.</param>
/// <param name="Failures">Of the destination itself, one after the other; 0 when the last attempt was answered.</param>
/// <param name="Reason">Of the last failure; null when there was none, or it is over.</param>
/// <param name="DownSince">Null while it is not down.</param>
/// <param name="NextProbe">When one document is sent to see whether it is over; null while it is not down.</param>
/// <param name="IsProbing">One is under way now.</param>
public sealed record LaneState(string Name, int Waiting, int Running, int Dead, int Failures, string? Reason, DateTimeOffset? FailedAt,
    DateTimeOffset? DownSince, int FailedProbes, DateTimeOffset? NextProbe, bool IsProbing);

/// <summary>Reads how it stands with the destinations that have had or have anything to get.</summary>
public sealed class LaneStore(Database database)
{
    /// <summary>By name. What was delivered long ago and has no trouble is not listed.</summary>
    public async Task<IReadOnlyList<LaneState>> ListAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        // Each state apart, by its own index: what is done is the most by far, and is not looked at.
        return await connection.ListAsync(
            """
            select coalesce(w.lane, b.lane), coalesce(w.waiting, 0), coalesce(w.running, 0), coalesce(w.dead, 0),
              coalesce(b.failures, 0), case when b.failures > 0 then b.reason end, case when b.failures > 0 then b.failed_at end,
              b.opened_at, coalesce(b.probes, 0), b.probe_at,
              exists (select 1 from work p where p.id = b.probe_work and p.fence = b.probe_fence and p.state = 'leased')
            from (select lane, (sum(due))::integer as waiting, (sum(leased))::integer as running, (sum(dead))::integer as dead from (
                    select coalesce(lane, '') as lane, 1 as due, 0 as leased, 0 as dead from work where stage = $1 and state = 'due'
                    union all select lane, 0, 1, 0 from work where stage = $1 and state = 'leased'
                    union all select lane, 0, 0, 1 from work where stage = $1 and state = 'dead') each
                  where lane <> '' group by lane) w
            full join breaker b on b.lane = w.lane
            order by 1
            """,
            [Stage.Delivery.Column()],
            row => new LaneState(row.GetString(0), row.GetInt32(1), row.GetInt32(2), row.GetInt32(3), row.GetInt32(4), row.TextOrNull(5), row.TimeOrNull(6),
                row.TimeOrNull(7), row.GetInt32(8), row.TimeOrNull(9), row.GetBoolean(10)), stop);
    }

    /// <summary>Somebody has seen that it answers: the next document goes at once, whoever claims it. The ledger keeps who asked.</summary>
    /// <returns>False when it is not down, or one is under way.</returns>
    public async Task<bool> ProbeNowAsync(string lane, string actor, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var asked = await transaction.Connection.ExecuteAsync(
            """
            update breaker b set probe_at = clock_timestamp() where lane = $1 and state = 'open' and probe_at > clock_timestamp()
              and not exists (select 1 from work p where p.id = b.probe_work and p.fence = b.probe_fence and p.state = 'leased')
            """, [lane], stop);
        if (asked == 0) return false;
        // Those that failed wait for the probe's time; now it has come.
        await transaction.Connection.ExecuteAsync(
            """
            with late as materialized (
              select id from work where stage = $1 and state = 'due' and coalesce(lane, '') = $2 and due_at > now() order by urgency, id limit 1 for update skip locked)
            update work set urgency = urgency + (now() - due_at), due_at = now() from late where work.id = late.id
            """, [Stage.Delivery.Column(), lane], stop);
        await AuditLedger.AppendAsync(transaction, new(actor, "breaker.probed", Detail: new System.Text.Json.Nodes.JsonObject { ["lane"] = lane }), stop);
        await transaction.CommitAsync(stop);
        return true;
    }
}
