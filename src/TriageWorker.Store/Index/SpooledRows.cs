using Npgsql;

namespace TriageWorker.Store;

/// <summary>What a batch says of the spools: that its studies have images there again, and where what was known before lies now.</summary>
internal static class SpooledRows
{
    /// <summary>What is so already is not written again.</summary>
    public static async Task NoteAsync(NpgsqlConnection connection, IndexBatch batch, CancellationToken stop) =>
        await connection.ExecuteAsync("update study set spooled = true where study_uid = any($1) and not spooled",
            [batch.Instances.Select(instance => instance.Study.Uid.Value).Distinct(StringComparer.Ordinal).ToArray()], stop);

    /// <summary>
    /// Places the contents of a batch that had their rows before. One that is missed, or that a spool holds which is away, is read from this
    /// spool from now on: sending images again is how people mend that. Else it stays where it is. The copy that no row means is written
    /// down to be removed, so that it comes to no row of its own once the other is removed.
    /// </summary>
    /// <remarks>In the transaction that holds the studies.</remarks>
    public static async Task PlaceAsync(NpgsqlConnection connection, IndexBatch batch, CancellationToken stop) =>
        await connection.ExecuteAsync(
            """
            with known as materialized (
              select i.sop_uid, i.digest, i.study_uid, i.node, i.path, came.path as here,
                i.node is null or i.missing_since is not null or coalesce(s.heard_at + s.silent_after < clock_timestamp(), true) as moves
              from unnest($2::text[], $3::bytea[], $4::text[]) as came (sop_uid, digest, path)
              join instance i on i.sop_uid = came.sop_uid and i.digest = came.digest left join spool s on s.id = i.node
              where i.missing_since is not null or i.node is distinct from $1::uuid),
            moved as (
              update instance set node = coalesce($1::uuid, instance.node), path = known.here, missing_since = null
              from known where known.moves and instance.sop_uid = known.sop_uid and instance.digest = known.digest)
            insert into removal (spool, path, study_uid)
            select distinct case when moves then node else $1::uuid end, case when moves then path else here end, study_uid from known
            where $1::uuid is not null and node is not null and node <> $1::uuid
            on conflict do nothing
            """,
            [
                batch.Spool, batch.Instances.Select(instance => instance.Sop.Value).ToArray(),
                batch.Instances.Select(instance => instance.Digest).ToArray(), batch.Instances.Select(instance => instance.Path).ToArray(),
            ], stop);
}
