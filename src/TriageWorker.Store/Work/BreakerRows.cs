using System.Text.Json.Nodes;

namespace TriageWorker.Store;

/// <summary>
/// The breaker of a lane, as attempts write it inside the transaction of what they tell. Any number of processes may; the row's
/// lock puts them one after the other. An open breaker is an alarm.
/// </summary>
public static class BreakerRows
{
    public const string Alarm = "destination.down";

    /// <summary>The lane is down, says this attempt.</summary>
    /// <returns>When the next one may go; null while the breaker is closed.</returns>
    public static async Task<DateTimeOffset?> DownAsync(
        DatabaseTransaction transaction, NodeName node, string lane, LeasedWork work, WorkFault fault, BreakerPolicy policy, CancellationToken stop)
    {
        var breaker = await transaction.Connection.FirstAsync(
            """
            insert into breaker as b (lane, failures, reason, failed_at) values ($1, 1, $2, clock_timestamp())
            on conflict (lane) do update set failures = b.failures + 1, reason = excluded.reason, failed_at = excluded.failed_at,
              probes = b.probes + (b.probe_work is not distinct from $3 and b.probe_fence is not distinct from $4)::integer
            returning state, failures, probes, probe_at, probe_work is not distinct from $3 and probe_fence is not distinct from $4
            """,
            [lane, StoredText.Clean(fault.Because), work.Id, work.Fence],
            row => new { IsOpen = row.GetString(0) == "open", Failures = row.GetInt32(1), Probes = row.GetInt32(2), ProbeAt = row.TimeOrNull(3), IsProbe = row.GetBoolean(4) }, stop)
            ?? throw new InvalidOperationException("The breaker was not written.");
        if (breaker.IsOpen && !breaker.IsProbe) return breaker.ProbeAt; // one that was under way when it opened
        if (!breaker.IsOpen && breaker.Failures < policy.OpensAfter) return null;

        var wait = policy.ProbeAfter(breaker.Probes);
        var probeAt = await transaction.Connection.FirstAsync(
            """
            update breaker set state = 'open', opened_at = coalesce(opened_at, clock_timestamp()), probe_at = clock_timestamp() + $2, probe_work = null, probe_fence = null
            where lane = $1 returning probe_at
            """,
            [lane, wait], row => row.Time(0), stop);
        await AlarmRows.SetAsync(transaction, node, new(Alarm, lane, AlarmSeverity.Critical,
            $"{lane} has failed {breaker.Failures} times in a row, the last time with \"{fault.Because}\" What is meant for it waits and is not lost"
            + $"{(fault.Prospect == Prospect.NeedsSomebody ? "; waiting alone will not help, somebody must change the settings here or there" : "")}. "
            + "\"triage destinations\" says how much waits and when it is tried again."), stop);
        if (!breaker.IsOpen)
            await AuditLedger.AppendAsync(transaction, new(node.Value, "breaker.opened", Detail: new JsonObject
            {
                ["lane"] = lane,
                ["failures"] = breaker.Failures,
                ["because"] = fault.Because,
            }), stop);
        return probeAt;
    }

    /// <summary>The lane answers: what waited for it is due at once, also what waits for its own next attempt.</summary>
    /// <param name="because">Why it is over, when it was open; a sentence.</param>
    public static async Task AnswersAsync(DatabaseTransaction transaction, NodeName node, string lane, LeasedWork work, string because, CancellationToken stop)
    {
        var was = await transaction.Connection.FirstAsync(
            """
            with was as materialized (select lane, state, failures, probes, opened_at from breaker where lane = $1 and failures > 0 for update)
            update breaker set state = 'closed', failures = 0, opened_at = null, probes = 0, probe_at = null, probe_work = null, probe_fence = null
            from was where breaker.lane = was.lane
            returning was.state = 'open', was.failures, was.probes, extract(epoch from clock_timestamp() - was.opened_at)::double precision
            """,
            [lane], row => new { WasOpen = row.GetBoolean(0), Failures = row.GetInt32(1), Probes = row.GetInt32(2), Seconds = row.IsDBNull(3) ? 0 : row.GetDouble(3) }, stop);
        if (was is null or { WasOpen: false }) return;

        // Rows that somebody holds are being changed anyway; nobody waits for them here, so that nobody waits in a circle.
        await transaction.Connection.ExecuteAsync(
            """
            with late as materialized (
              select id from work where stage = $1 and state = 'due' and coalesce(lane, '') = $2 and due_at > now() for update skip locked)
            update work set urgency = urgency + (now() - due_at), due_at = now(), changed_at = clock_timestamp() from late where work.id = late.id
            """,
            [work.Stage.Column(), lane], stop);
        await Outbox.AddAsync(transaction, new(work.Stage, work.Study.Value), stop);
        await AlarmRows.ClearAsync(transaction, node, Alarm, lane, because, stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, "breaker.closed", Detail: new JsonObject
        {
            ["lane"] = lane,
            ["failures"] = was.Failures,
            ["probes"] = was.Probes,
            ["openSeconds"] = Math.Round(was.Seconds, 3),
            ["because"] = because,
        }), stop);
    }

    /// <summary>This work ends without having tried the lane: if it was to be the probe, another may go at once.</summary>
    public static async Task PassAsync(DatabaseTransaction transaction, LeasedWork work, CancellationToken stop) =>
        await transaction.Connection.ExecuteAsync(
            "update breaker set probe_at = clock_timestamp(), probe_work = null, probe_fence = null where probe_work = $1 and probe_fence = $2 and state = 'open'",
            [work.Id, work.Fence], stop);
}
