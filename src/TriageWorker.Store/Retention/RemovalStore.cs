using System.Text.Json.Nodes;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What was taken from a series at once.</summary>
/// <param name="Digest">SHA-256 over their sorted SOP Instance UIDs, one a line, in hexadecimal.</param>
public sealed record RemovedSeries(SeriesUid Uid, int Images, long Bytes, string Digest);

/// <summary>
/// Takes images away: their rows, with what is kept of them and the audit lines, in one transaction; their files only after that. So a crash
/// at any instant leaves a row with its file, or a file that is written down to be removed; never a row that looks as if its file were there.
/// </summary>
public sealed class RemovalStore(Database database, NodeName node)
{
    /// <summary>Removes the rows of a study's received images in one spool. Its own documents stay.</summary>
    /// <param name="before">As for <see cref="RetentionStore.OldestAsync"/>.</param>
    /// <param name="isHere">Whether a path is a file of this spool; asked of images of which nobody noted where they lie.</param>
    /// <param name="because">A clause: <c>older than 30 days</c>.</param>
    /// <returns>None when it may not go any more, or has nothing in this spool.</returns>
    public async Task<IReadOnlyList<RemovedSeries>> RemoveAsync(
        StudyUid study, Guid spool, DateTimeOffset before, Func<string, bool> isHere, string because, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        if (await RetentionStore.LockAsync(connection, study, before, stop) is not null) return [];
        var rows = await ReceivedAsync(connection, study, stop);
        var here = rows.Where(row => row.Node is { } at ? at == spool : isHere(row.Path)).ToList();
        if (here.Count == 0) return [];
        await DeleteAsync(connection, study, spool, here, stop);
        var removed = new List<RemovedSeries>();
        foreach (var series in here.GroupBy(row => row.Series).OrderBy(group => group.Key, StringComparer.Ordinal))
            removed.Add(await KeepListAsync(transaction, study, [.. series], because, stop));
        await connection.ExecuteAsync("update study set images = greatest(0, images - $2), spooled = $3 where study_uid = $1",
            [study.Value, here.Count(row => !row.Alike), here.Count < rows.Count], stop);
        await WorklistRows.NotifyAsync(connection, study, stop);
        await transaction.CommitAsync(stop);
        return removed;
    }

    /// <summary>Files that are to go, whose rows are gone.</summary>
    public async Task<List<string>> DueAsync(Guid spool, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync("select path from removal where spool = $1 order by path limit $2", [spool, most], row => row.GetString(0), stop);
    }

    /// <summary>Those of the files that a row of this spool refers to: the same content came again, or belongs to another row too.</summary>
    /// <remarks>The content says its study, so every row of it is one of that study.</remarks>
    public async Task<HashSet<string>> ReferredAsync(Guid spool, IReadOnlyList<string> paths, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return [.. await connection.ListAsync(
            """
            select distinct i.path from removal r join instance i on i.study_uid = r.study_uid and i.path = r.path and coalesce(i.node, r.spool) = r.spool
            where r.spool = $1 and r.path = any($2)
            """,
            [spool, paths.ToArray()], row => row.GetString(0), stop)];
    }

    /// <summary>The files are gone for good, or stay because a row refers to them.</summary>
    public async Task SettleAsync(Guid spool, IReadOnlyList<string> paths, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        await connection.ExecuteAsync("delete from removal where spool = $1 and path = any($2)", [spool, paths.ToArray()], stop);
    }

    private static Task<List<Received>> ReceivedAsync(NpgsqlConnection connection, StudyUid study, CancellationToken stop) => connection.ListAsync(
        """
        select sop_uid, digest, series_uid, path, bytes, node, alike from instance where study_uid = $1 and origin = 'received'
        """,
        [study.Value], row => new Received(row.GetString(0), row.GetFieldValue<byte[]>(1), row.GetString(2), row.GetString(3), row.GetInt64(4), row.GuidOrNull(5), row.GetBoolean(6)), stop);

    private static async Task DeleteAsync(NpgsqlConnection connection, StudyUid study, Guid spool, List<Received> rows, CancellationToken stop)
    {
        await connection.ExecuteAsync(
            "delete from instance using unnest($1::text[], $2::bytea[]) as gone (sop_uid, digest) where instance.sop_uid = gone.sop_uid and instance.digest = gone.digest",
            [rows.Select(row => row.Sop).ToArray(), rows.Select(row => row.Digest).ToArray()], stop);
        await connection.ExecuteAsync(
            """
            insert into removal (spool, path, study_uid)
            select distinct $1::uuid, path, $2 from unnest($3::text[]) path
            where not exists (select 1 from instance i where i.study_uid = $2 and i.path = path.path)
            on conflict do nothing
            """,
            [spool, study.Value, rows.Select(row => row.Path).ToArray()], stop);
    }

    private async Task<RemovedSeries> KeepListAsync(DatabaseTransaction transaction, StudyUid study, List<Received> rows, string because, CancellationToken stop)
    {
        var series = rows[0].Series;
        var before = await transaction.Connection.FirstAsync("select removed_uids from series where study_uid = $1 and series_uid = $2", [study.Value, series],
            row => row.IsDBNull(0) ? null : row.GetFieldValue<byte[]>(0), stop);
        string[] all = [.. (before is null ? [] : UidList.Read(before)).Concat(rows.Select(row => row.Sop)).Distinct(StringComparer.Ordinal)];
        var (packed, digest) = (UidList.Write(all), UidList.Digest(all));
        var removed = new RemovedSeries(new(series), rows.Count(row => !row.Alike), rows.Sum(row => row.Bytes), Convert.ToHexStringLower(UidList.Digest(rows.Select(row => row.Sop))));
        await transaction.Connection.ExecuteAsync(
            """
            update series set images = greatest(0, images - $3), removed_images = $4, removed_bytes = removed_bytes + $5, removed_uids = $6, removed_digest = $7,
              removed_at = now(), removed_because = $8
            where study_uid = $1 and series_uid = $2
            """,
            [study.Value, series, rows.Count(row => !row.Alike), all.Length, removed.Bytes, packed, digest, because], stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, "series.removed", study, Detail: new JsonObject
        {
            ["series"] = series,
            ["images"] = removed.Images,
            ["bytes"] = removed.Bytes,
            ["uidsDigest"] = removed.Digest,
            ["because"] = because,
        }), stop);
        return removed;
    }

    private sealed record Received(string Sop, byte[] Digest, string Series, string Path, long Bytes, Guid? Node, bool Alike);
}
