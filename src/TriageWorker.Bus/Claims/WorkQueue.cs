using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>Claims due work, the most urgent first. Safe for any number of processes at once.</summary>
public sealed class WorkQueue(Database database, NodeName node, IOptions<BusOptions> options, TimeProvider clock)
{
    /// <summary>Leases the most urgent row that is due. All times are database time.</summary>
    /// <param name="maxAttempts">A claim beyond this many comes <see cref="LeasedWork.Exhausted"/>: it is there to settle the study, not to try again.</param>
    /// <returns>Null when nothing is due.</returns>
    public Task<Claim?> ClaimAsync(Stage stage, int maxAttempts, CancellationToken stop) => ClaimAsync(stage, maxAttempts, [], stop);

    /// <inheritdoc cref="ClaimAsync(Stage, int, CancellationToken)"/>
    /// <param name="fullLanes">Rows of these lanes have to wait.</param>
    public async Task<Claim?> ClaimAsync(Stage stage, int maxAttempts, string[] fullLanes, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var work = await connection.FirstAsync(
            """
            with due as materialized (
              select id from work where stage = $1 and state = 'due' and due_at <= now() and (lane is null or lane <> all($4))
              order by urgency, id limit 1 for update skip locked)
            update work set state = 'leased', fence = fence + 1, attempts = attempts + 1,
              lease_owner = $2, lease_until = now() + $3, changed_at = clock_timestamp()
            from due where work.id = due.id
            returning work.id, work.key, work.study_uid, work.fence, work.attempts, work.last_error, work.lane, work.traceparent
            """,
            [stage.Column(), node.Value, options.Value.Lease, fullLanes],
            row => (Leased: new LeasedWork(row.GetInt64(0), stage, row.GetString(1), new StudyUid(row.GetString(2)), row.GetInt64(3), row.GetInt32(4),
                row.GetInt32(4) > maxAttempts, row.TextOrNull(5)) { TraceParent = row.TextOrNull(7) }, Lane: row.TextOrNull(6)), stop);
        return work.Leased is null ? null : new Claim(work.Leased, work.Lane, database, options.Value.Lease, clock);
    }
}
