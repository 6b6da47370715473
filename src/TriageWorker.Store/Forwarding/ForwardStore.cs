using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Originals on their way: read, told of as they arrive, delivered or failed.</summary>
public sealed class ForwardStore(Database database, NodeName node)
{
    /// <summary>Whether the work of the delivery stage is about originals and not about a document.</summary>
    public static bool IsOriginals(LeasedWork work) => ForwardRows.IsKey(work.Key);

    /// <summary>Null when there is no such round.</summary>
    public async Task<ForwardJob?> FindAsync(LeasedWork work, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync($"select {ForwardRows.Columns}, missing, clock_timestamp() from forward_round where id = $1", [ForwardRows.IdOf(work.Key)],
            row => new ForwardJob(ForwardRows.Read(row), work.Study, row.IsDBNull(9) ? [] : UidList.Read(row.GetFieldValue<byte[]>(9), row.GetInt32(4)), row.Time(10)), stop);
    }

    /// <summary>By destination and round.</summary>
    public async Task<List<ForwardRow>> OfAsync(StudyUid study, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.ListAsync($"select {ForwardRows.Columns} from forward_round where study_uid = $1 order by created_at, destination, round", [study.Value], ForwardRows.Read, stop);
    }

    /// <summary>Keeps what has arrived so far, so that a crash has only the rest sent again.</summary>
    /// <exception cref="LeaseLostException">The work is another's now.</exception>
    public async Task ProgressAsync(LeasedWork work, IReadOnlyCollection<string> missing, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await KeepMissingAsync(transaction, work, missing, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>An association is over and images are missing still: what it brought stands in the ledger.</summary>
    /// <exception cref="LeaseLostException">The work is another's now.</exception>
    public async Task InterruptedAsync(LeasedWork work, ForwardJob job, IReadOnlyCollection<string> missing, string because, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await KeepMissingAsync(transaction, work, missing, stop);
        await AuditLedger.AppendAsync(transaction, Line(work, job, "originals.sent", missing.Count, because), stop);
        await WorklistRows.NotifyAsync(transaction.Connection, work.Study, stop);
        await transaction.CommitAsync(stop);
    }

    /// <summary>The destination has all of them. Ends the claim in the same transaction.</summary>
    public Task DeliveredAsync(LeasedWork work, ForwardJob job, CancellationToken stop) => EndAsync(work, job, "delivered", [], null, stop);

    /// <summary>The destination refused some for good, or every attempt failed. Ends the claim in the same transaction.</summary>
    public Task FailedAsync(LeasedWork work, ForwardJob job, IReadOnlyCollection<string> missing, string because, CancellationToken stop) =>
        EndAsync(work.Exhausted ? work : work.EndedBy(new(Prospect.ForGood, because, "refused", "it was refused")), job, "failed", missing, because, stop);

    private async Task EndAsync(LeasedWork work, ForwardJob job, string state, IReadOnlyCollection<string> missing, string? because, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        await transaction.Connection.ExecuteAsync(
            "update forward_round set state = $2, because = $3::text, settled_at = clock_timestamp(), missing = $4::bytea, missing_count = $5 where id = $1",
            [job.Row.Id, state, StoredText.Clean(because), missing.Count == 0 ? null : UidList.Write(missing), missing.Count], stop);
        await AuditLedger.AppendAsync(transaction, Line(work, job, "originals." + state, missing.Count, because), stop);
        var destination = job.Row.Destination;
        if (state == "delivered" || work.Fault is { Lane: LaneNews.Answers })
            await BreakerRows.AnswersAsync(transaction, node, destination, work, work.Fault is null ? $"{destination} answers again." : $"{destination}: {work.Fault.Because}", stop);
        else await BreakerRows.PassAsync(transaction, work, stop);
        await WorklistRows.NotifyAsync(transaction.Connection, work.Study, stop);
        await transaction.CommitAsync(stop);
    }

    private static async Task KeepMissingAsync(DatabaseTransaction transaction, LeasedWork work, IReadOnlyCollection<string> missing, CancellationToken stop)
    {
        var kept = await transaction.Connection.ExecuteAsync(
            """
            update forward_round set missing = $2::bytea, missing_count = $3
            where id = $1 and exists (select 1 from work where id = $4 and fence = $5 and state = 'leased')
            """,
            [ForwardRows.IdOf(work.Key), missing.Count == 0 ? null : UidList.Write(missing), missing.Count, work.Id, work.Fence], stop);
        if (kept == 0) throw new LeaseLostException(work);
    }

    // One line for an association, not for an image.
    private AuditEntry Line(LeasedWork work, ForwardJob job, string what, int missing, string? because) => new(node.Value, what, work.Study, Detail: new JsonObject
    {
        ["round"] = job.Row.Id.ToString(),
        ["destination"] = job.Row.Destination,
        ["images"] = job.Row.Images,
        ["taken"] = job.Missing.Count - missing,
        ["missing"] = missing,
        ["because"] = because,
        ["attempt"] = work.Attempt,
    });
}
