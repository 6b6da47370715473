using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>A row of a spool's file.</summary>
public sealed record FiledRow(SopInstanceUid Sop, byte[] Digest, StudyUid Study, string Path, bool IsMissing);

/// <summary>The rows' side of comparing files and rows, in pieces that follow the primary key.</summary>
public sealed class ReconcileStore(Database database, NodeName node)
{
    /// <summary>Which of these contents have a row, or are written down to be removed.</summary>
    /// <returns>Their paths.</returns>
    public async Task<HashSet<string>> KnownAsync(Guid spool, IReadOnlyList<(string Sop, byte[] Digest, string Path)> files, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return [.. await connection.ListAsync(
            """
            select file.path from unnest($2::text[], $3::bytea[], $4::text[]) as file (sop_uid, digest, path)
            where exists (select 1 from instance i where i.sop_uid = file.sop_uid and i.digest = file.digest)
              or exists (select 1 from removal r where r.spool = $1 and r.path = file.path)
            """,
            [spool, files.Select(file => file.Sop).ToArray(), files.Select(file => file.Digest).ToArray(), files.Select(file => file.Path).ToArray()],
            row => row.GetString(0), stop)];
    }

    /// <summary>The next rows of received files that this spool holds.</summary>
    public async Task<List<FiledRow>> RowsAsync(Guid spool, FiledRow? behind, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select sop_uid, digest, study_uid, path, missing_since is not null from instance
            where (sop_uid, digest) > ($2, $3) and node = $1 and origin = 'received' order by sop_uid, digest limit $4
            """,
            [spool, behind?.Sop.Value ?? "", behind?.Digest ?? [], most],
            row => new FiledRow(new(row.GetString(0)), row.GetFieldValue<byte[]>(1), new(row.GetString(2)), row.GetString(3), row.GetBoolean(4)), stop);
    }

    /// <summary>Notes that files are gone, or there again, with one audit line a study.</summary>
    /// <returns>How many rows changed; a row that retention has removed meanwhile is none.</returns>
    public async Task<int> NoteAsync(IReadOnlyList<FiledRow> rows, bool missing, CancellationToken stop)
    {
        var noted = 0;
        foreach (var study in rows.GroupBy(row => row.Study))
        {
            await using var transaction = await database.BeginAsync(stop);
            var changed = await transaction.Connection.ExecuteAsync(
                """
                update instance set missing_since = case when $3 then now() end from unnest($1::text[], $2::bytea[]) as file (sop_uid, digest)
                where instance.sop_uid = file.sop_uid and instance.digest = file.digest and (instance.missing_since is null) = $3
                """,
                [study.Select(row => row.Sop.Value).ToArray(), study.Select(row => row.Digest).ToArray(), missing], stop);
            if (changed == 0) continue;
            await AuditLedger.AppendAsync(transaction, new(node.Value, missing ? "images.missing" : "images.returned", study.Key, Detail: new JsonObject { ["images"] = changed }), stop);
            await WorklistRows.NotifyAsync(transaction.Connection, study.Key, stop);
            await transaction.CommitAsync(stop);
            noted += changed;
        }

        return noted;
    }
}
