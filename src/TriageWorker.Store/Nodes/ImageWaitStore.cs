using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>How many studies wait for a node, and since when the one that waits longest does.</summary>
public sealed record WaitingNode(SpoolNode Node, int Studies, TimeSpan Longest);

/// <summary>Which studies wait for a node that holds their images.</summary>
public sealed class ImageWaitStore(Database database, NodeName actor)
{
    /// <summary>The study waits; in the transaction that puts its work off. The first time it is told in the ledger.</summary>
    /// <returns>The database's time.</returns>
    /// <param name="because">Of the last try. No names, birth dates or pixel values.</param>
    public async Task<DateTimeOffset> SetAsync(DatabaseTransaction transaction, StudyUid study, SpoolNode node, int images, string because, CancellationToken stop)
    {
        var (isNew, now) = await transaction.Connection.FirstAsync(
            """
            with was as materialized (select node from image_wait where study_uid = $1)
            insert into image_wait as w (study_uid, node, images, because) values ($1, $2, $3, $4)
            on conflict (study_uid) do update set node = excluded.node, images = excluded.images, because = excluded.because, tried_at = clock_timestamp(),
              since = case when w.node = excluded.node then w.since else clock_timestamp() end
            returning not exists (select 1 from was where was.node = $2), clock_timestamp()
            """,
            [study.Value, node.Id, images, StoredText.Clean(because)], row => (row.GetBoolean(0), row.Time(1)), stop);
        if (isNew) await AuditLedger.AppendAsync(transaction, new(actor.Value, "images.awaited", study, Detail: new JsonObject { ["node"] = node.Name, ["images"] = images }), stop);
        return now;
    }

    /// <summary>All its images could be read, or nobody asks for them any more.</summary>
    public async Task ClearAsync(StudyUid study, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var node = await transaction.Connection.FirstAsync(
            $"with over as (delete from image_wait where study_uid = $1 returning node) select {SpoolNodeStore.Name("over.node")} from over left join spool s on s.id = over.node",
            [study.Value], row => row.GetString(0), stop);
        if (node is null) return;
        await AuditLedger.AppendAsync(transaction, new(actor.Value, "images.there", study, Detail: new JsonObject { ["node"] = node }), stop);
        await transaction.CommitAsync(stop);
    }

    public async Task<ImageWait?> FindAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            $"select w.images, w.because, w.since, w.tried_at, {SpoolNodeStore.Columns("w.node")} from image_wait w left join spool s on s.id = w.node where w.study_uid = $1",
            [study.Value],
            row => new ImageWait(SpoolNodeStore.Read(row, 4), row.GetInt32(0), row.GetString(1), row.Time(2), row.Time(3)), stop);
    }

    /// <summary>Every node that is known or waited for; those that nobody waits for have no studies.</summary>
    public async Task<List<WaitingNode>> NodesAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            $"""
             with waits as (select node, count(*)::integer as studies, clock_timestamp() - min(since) as longest from image_wait group by node)
             select coalesce(w.studies, 0), coalesce(w.longest, '0'::interval), {SpoolNodeStore.Columns("coalesce(s.id, w.node)")}
             from spool s full join waits w on w.node = s.id order by 3
             """,
            [], row => new WaitingNode(SpoolNodeStore.Read(row, 2), row.GetInt32(0), row.GetFieldValue<TimeSpan>(1)), stop);
    }
}
