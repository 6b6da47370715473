using Npgsql;

namespace TriageWorker.Store;

/// <summary>What a batch says of the spool: where its files lie, that its studies have images there again, and that a file that was missed is back.</summary>
internal static class SpooledRows
{
    /// <summary>One statement; what is so already is not written again.</summary>
    public static async Task NoteAsync(NpgsqlConnection connection, IndexBatch batch, CancellationToken stop) =>
        await connection.ExecuteAsync(
            """
            with placed as (update association set spool = $1::uuid where id = any($2) and $1::uuid is not null and spool is distinct from $1::uuid),
            again as (update study set spooled = true where study_uid = any($3) and not spooled)
            update instance set missing_since = null
            from unnest($4::text[], $5::bytea[]) as came (sop_uid, digest)
            where instance.missing_since is not null and instance.sop_uid = came.sop_uid and instance.digest = came.digest
            """,
            [
                batch.Spool, batch.Associations.Select(association => association.Id).ToArray(),
                batch.Instances.Select(instance => instance.Study.Uid.Value).Distinct(StringComparer.Ordinal).ToArray(),
                batch.Instances.Select(instance => instance.Sop.Value).ToArray(), batch.Instances.Select(instance => instance.Digest).ToArray(),
            ], stop);
}
