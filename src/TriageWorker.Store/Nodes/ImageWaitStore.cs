using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>How many studies wait for a node, and since when the one that waits longest does.</summary>
public sealed record WaitingNode(string Node, int Studies, TimeSpan Longest, DateTimeOffset? SeenAt);

/// <summary>Which studies wait for a node that holds their images.</summary>
public sealed class ImageWaitStore(Database database, NodeName actor)
{
    /// <summary>The study waits; in the transaction that puts its work off. The first time it is told in the ledger.</summary>
    /// <returns>The database's time.</returns>
    /// <param name="because">Of the last try. No names, birth dates or pixel values.</param>
    public async Task<DateTimeOffset> SetAsync(DatabaseTransaction transaction, StudyUid study, string node, int images, string because, CancellationToken stop)
    {
        var (isNew, now) = await transaction.Connection.FirstAsync(
            """
            with was as materialized (select node from image_wait where study_uid = $1)
            insert into image_wait as w (study_uid, node, images, because) values ($1, $2, $3, $4)
            on conflict (study_uid) do update set node = excluded.node, images = excluded.images, because = excluded.because, tried_at = clock_timestamp(),
              since = case when w.node = excluded.node then w.since else clock_timestamp() end
            returning not exists (select 1 from was where was.node = $2), clock_timestamp()
            """,
            [study.Value, node, images, StoredText.Clean(because)], row => (row.GetBoolean(0), row.Time(1)), stop);
        if (isNew) await AuditLedger.AppendAsync(transaction, new(actor.Value, "images.awaited", study, Detail: new JsonObject { ["node"] = node, ["images"] = images }), stop);
        return now;
    }

    /// <summary>All its images could be read.</summary>
    public async Task ClearAsync(StudyUid study, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var node = await transaction.Connection.FirstAsync("delete from image_wait where study_uid = $1 returning node", [study.Value], row => row.GetString(0), stop);
        if (node is null) return;
        await AuditLedger.AppendAsync(transaction, new(actor.Value, "images.there", study, Detail: new JsonObject { ["node"] = node }), stop);
        await transaction.CommitAsync(stop);
    }

    public async Task<ImageWait?> FindAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            $"select w.node, w.images, w.because, w.since, w.tried_at, {SpoolNodeStore.Columns} from image_wait w left join spool s on s.node = w.node where w.study_uid = $1",
            [study.Value],
            row => new ImageWait(row.GetString(0), row.GetInt32(1), row.GetString(2), row.Time(3), row.Time(4), row.IsDBNull(5) ? null : SpoolNodeStore.Read(row, 5)), stop);
    }

    /// <summary>Every node that is known or waited for; those that nobody waits for have no studies.</summary>
    public async Task<List<WaitingNode>> NodesAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select coalesce(s.node, w.node), count(w.study_uid)::integer, coalesce(clock_timestamp() - min(w.since), '0'::interval), max(s.seen_at)
            from spool s full join image_wait w on w.node = s.node group by 1 order by 1
            """,
            [], row => new WaitingNode(row.GetString(0), row.GetInt32(1), row.GetFieldValue<TimeSpan>(2), row.TimeOrNull(3)), stop);
    }
}
