using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>Claims due work, the most urgent first. Safe for any number of processes at once.</summary>
public sealed class WorkQueue(Database database, NodeName node, IOptions<BusOptions> options, TimeProvider clock)
{
    // Which lanes have due rows is a walk along the index from one lane to the next; then each lane's head is looked at, and the
    // most urgent one is taken. What is urgent only in the future is left alone unless nothing else is being done. Nothing walks over the rows of a lane, however many wait in it. A probe is had by whoever
    // changes the breaker's row first: for all others its time has then moved on.
    internal const string Sql =
        """
        with recursive waiting(lane) as (
            (select coalesce(w.lane, '') from work w where w.stage = $1 and w.state = 'due' order by coalesce(w.lane, '') limit 1)
          union all
            select (select coalesce(w.lane, '') from work w where w.stage = $1 and w.state = 'due' and coalesce(w.lane, '') > waiting.lane
                    order by coalesce(w.lane, '') limit 1)
            from waiting where waiting.lane is not null),
        open as materialized (
          select waiting.lane, b.lane is not null as probes from waiting left join breaker b on b.lane = waiting.lane and b.state = 'open'
          where waiting.lane is not null and waiting.lane <> all($4) and (b.lane is null or (b.probe_at <= now()
            and not exists (select 1 from work p where p.id = b.probe_work and p.fence = b.probe_fence and p.state = 'leased')))),
        heads as materialized (
          select open.lane, open.probes from open cross join lateral (
            select w.urgency, w.id from work w where w.stage = $1 and w.state = 'due' and w.due_at <= now() and coalesce(w.lane, '') = open.lane
              and w.urgency <= case when $5 then 'infinity' else now() end
            order by w.urgency, w.id limit 1) head
          order by head.urgency, head.id),
        due as materialized (
          select claimed.id, claimed.fence, heads.lane, heads.probes from heads cross join lateral (
            select w.id, w.fence from work w where w.stage = $1 and w.state = 'due' and w.due_at <= now() and coalesce(w.lane, '') = heads.lane
              and w.urgency <= case when $5 then 'infinity' else now() end
            order by w.urgency, w.id limit 1 for update skip locked) claimed
          limit 1),
        probe as (
          update breaker b set probe_at = now() + $3, probe_work = due.id, probe_fence = due.fence + 1
          from due where due.probes and b.lane = due.lane and b.state = 'open' and b.probe_at <= now() returning b.lane)
        update work set state = 'leased', fence = work.fence + 1, attempts = attempts + 1,
          lease_owner = $2, lease_until = now() + $3, changed_at = clock_timestamp()
        from due where work.id = due.id and (not due.probes or exists (select 1 from probe))
        returning work.id, work.key, work.study_uid, work.fence, work.attempts, work.last_error, work.lane, work.hopeless, due.probes, work.traceparent, work.parts
        """;

    /// <summary>
    /// Leases the most urgent row that is due, of all lanes that are not down. Of one that is, a single row is claimed when its breaker
    /// says so. All times are database times.
    /// </summary>
    /// <param name="maxAttempts">A claim beyond this many comes <see cref="LeasedWork.Exhausted"/>: it is there to settle the study, not to try again.</param>
    /// <returns>Null when nothing is due.</returns>
    public Task<Claim?> ClaimAsync(Stage stage, int maxAttempts, CancellationToken stop) => ClaimAsync(stage, maxAttempts, [], isIdle: true, stop);

    /// <inheritdoc cref="ClaimAsync(Stage, int, CancellationToken)"/>
    /// <param name="fullLanes">Rows of these lanes have to wait; the empty name stands for what is in none.</param>
    /// <param name="isIdle">Nothing of the stage is being done here: what yields to urgent work (<see cref="DeferredWork"/>) may have its turn before its time has come.</param>
    public async Task<Claim?> ClaimAsync(Stage stage, int maxAttempts, string[] fullLanes, bool isIdle, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var work = await connection.FirstAsync(Sql,
            [stage.Column(), node.Value, options.Value.Lease, fullLanes, isIdle],
            row => (Leased: new LeasedWork(row.GetInt64(0), stage, row.GetString(1), new StudyUid(row.GetString(2)), row.GetInt64(3), row.GetInt32(4),
                row.GetInt32(4) > maxAttempts || row.GetBoolean(7), row.TextOrNull(5)) { TraceParent = row.TextOrNull(9), Parts = row.GetFieldValue<string[]>(10) }, Lane: row.TextOrNull(6), IsProbe: row.GetBoolean(8)), stop);
        return work.Leased is null ? null : new Claim(work.Leased, work.Lane, work.IsProbe, database, node, options.Value, clock);
    }

    /// <summary>
    /// Makes due what this process still holds of a stage, for its end: claims that could not be settled nor handed back while the
    /// database was away. Counts as no attempt.
    /// </summary>
    public async Task HandBackAsync(Stage stage, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync(
            $"update work set {Claim.HandedBack} where stage = $1 and lease_owner = $2 and state = 'leased'", [stage.Column(), node.Value], stop);
    }
}
