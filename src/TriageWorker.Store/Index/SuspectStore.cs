using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>A content that came under a known UID in another syntax, and the content that came first.</summary>
public sealed record Suspect(SopInstanceUid Sop, byte[] Digest, StudyUid Study, SeriesUid Series, string Path, byte[] FirstDigest, string FirstPath, bool Own)
{
    /// <summary>It is the one that came first, and is what the others are compared with.</summary>
    public bool IsFirst => Digest.AsSpan().SequenceEqual(FirstDigest);
}

/// <param name="IsAlike">The same image; else it is in conflict with the first.</param>
/// <param name="Because">A clause that says which, or why it could not be told.</param>
public sealed record SuspectVerdict(Suspect Of, bool IsAlike, string Because);

/// <summary>Contents that nobody has compared yet, and what a comparison found.</summary>
public sealed class SuspectStore(Database database, NodeName node)
{
    /// <summary>Some of those that lie in a spool, or of which nobody noted where they lie.</summary>
    public async Task<List<Suspect>> NextAsync(Guid spool, int most, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync(
            """
            select i.sop_uid, i.digest, i.study_uid, i.series_uid, i.path, first.digest, first.path, i.origin = 'own'
            from instance i cross join lateral (select f.digest, f.path from instance f where f.sop_uid = i.sop_uid order by f.received_at, f.digest limit 1) first
            where i.suspect and coalesce(i.node, $1) = $1 order by i.sop_uid, i.received_at, i.digest limit $2
            """,
            [spool, most],
            row => new Suspect(new(row.GetString(0)), row.GetFieldValue<byte[]>(1), new(row.GetString(2)), new(row.GetString(3)), row.GetString(4),
                row.GetFieldValue<byte[]>(5), row.GetString(6), row.GetBoolean(7)), stop);
    }

    /// <summary>Keeps what was found, with one audit line a study. A judgement that another process kept before is not kept again.</summary>
    public async Task SettleAsync(IReadOnlyList<SuspectVerdict> judgements, CancellationToken stop)
    {
        foreach (var study in judgements.GroupBy(judgement => judgement.Of.Study).OrderBy(group => group.Key.Value, StringComparer.Ordinal))
        {
            await using var transaction = await database.BeginAsync(stop);
            await transaction.Connection.ExecuteAsync("select 1 from study where study_uid = $1 for no key update", [study.Key.Value], stop);
            int alike = 0, conflicts = 0;
            foreach (var judgement in study)
            {
                if (!await SettleAsync(transaction, judgement, stop) || judgement.Of.IsFirst) continue;
                if (judgement.IsAlike) alike++;
                else conflicts++;
            }

            if (alike + conflicts > 0)
                await AuditLedger.AppendAsync(transaction, new(node.Value, "images.compared", study.Key, Detail: new JsonObject { ["alike"] = alike, ["conflicts"] = conflicts }), stop);
            await WorklistRows.NotifyAsync(transaction.Connection, study.Key, stop);
            await transaction.CommitAsync(stop);
        }
    }

    private static async Task<bool> SettleAsync(DatabaseTransaction transaction, SuspectVerdict judgement, CancellationToken stop)
    {
        var (of, isConflict) = (judgement.Of, !judgement.IsAlike);
        var settled = await transaction.Connection.ExecuteAsync(
            "update instance set suspect = false, alike = $3, conflict = conflict or $4, judgement = $5::text where sop_uid = $1 and digest = $2 and suspect",
            [of.Sop.Value, of.Digest, judgement.IsAlike && !of.IsFirst, isConflict, of.IsFirst ? null : StoredText.Clean(judgement.Because)], stop) > 0;
        if (!settled || of.IsFirst) return settled;
        if (isConflict)
            await transaction.Connection.ExecuteAsync("update instance set conflict = true where sop_uid = $1 and digest = $2 and not conflict", [of.Sop.Value, of.FirstDigest], stop);
        else if (!of.Own) // it is the same image, and images are what is counted
            await transaction.Connection.ExecuteAsync(
                """
                with counted as (update study set images = greatest(0, images - 1) where study_uid = $1)
                update series set images = greatest(0, images - 1) where study_uid = $1 and series_uid = $2
                """,
                [of.Study.Value, of.Series.Value], stop);
        return settled;
    }
}
