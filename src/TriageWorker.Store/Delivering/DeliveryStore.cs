using System.Text.Json.Nodes;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>The bytes that go out, fixed with the first attempt.</summary>
public sealed record FrozenDocument(string SopUid, byte[] Content);

/// <summary>Everything the delivery role needs to write and send one document.</summary>
/// <param name="Scores">Null when nothing could be scored.</param>
/// <param name="Frozen">Present after the first attempt; then these bytes are sent and no others.</param>
/// <param name="Predecessor">
/// The last document, of whatever kind, that this destination got or may have got for a decision before this one.
/// </param>
/// <param name="Earlier">How many documents of this kind the destination may have got for the study before.</param>
public sealed record DeliveryJob(Guid Id, StudyRow Study, string Destination, DocumentKind Document, DecisionRow Decision,
    GenerationRow? Generation, StudyScores? Scores, FrozenDocument? Frozen, FrozenDocument? Predecessor,
    int Earlier);

/// <summary>One document for one destination: read, frozen, then delivered, withheld or failed.</summary>
public sealed class DeliveryStore(Database database, NodeName node, StudyStore studies)
{
    /// <summary>Null when there is no such delivery.</summary>
    public async Task<DeliveryJob?> FindAsync(Guid delivery, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        var row = await connection.FirstAsync(
            """
            select d.study_uid, d.destination, d.document, d.decision_id, d.sop_uid, d.content,
              (select count(*)::integer from delivery earlier where earlier.study_uid = d.study_uid and earlier.destination = d.destination
                and earlier.document = d.document and earlier.content is not null and (earlier.created_at, earlier.id) < (d.created_at, d.id))
            from delivery d where d.id = $1
            """,
            [delivery],
            row => new
            {
                Study = new StudyUid(row.GetString(0)),
                Destination = row.GetString(1),
                Document = Enum.Parse<DocumentKind>(row.GetString(2), ignoreCase: true),
                Decision = row.GetGuid(3),
                Frozen = row.IsDBNull(5) ? null : new FrozenDocument(row.GetString(4), row.GetFieldValue<byte[]>(5)),
                Earlier = row.GetInt32(6),
            }, stop);
        if (row is null) return null;
        var study = await studies.FindAsync(row.Study, stop) ?? throw new InvalidOperationException($"Delivery {delivery} speaks of a study that is not stored.");
        var decision = await DecisionRow.FindAsync(connection, row.Decision, stop);
        var generation = decision.Generation is null ? null : await connection.FirstAsync(
            $"select {GenerationStore.Columns} from generation g where g.id = $1", [decision.Generation.Value.Value], GenerationStore.Read, stop);
        var scores = decision.Generation is null ? null : await connection.FirstAsync(
            $"select {ScoreRows.Columns} from result r where r.generation_id = $1", [decision.Generation.Value.Value], result => ScoreRows.Read(result), stop);
        return new DeliveryJob(delivery, study, row.Destination, row.Document, decision, generation, scores, row.Frozen,
            await PredecessorAsync(connection, delivery, stop), row.Earlier);
    }

    /// <summary>Fixes the bytes before the first attempt.</summary>
    /// <returns>What is fixed: given earlier, that, not <paramref name="document"/>. Null when it is not to be sent any more, as a newer result has come.</returns>
    public async Task<FrozenDocument?> FreezeAsync(Guid delivery, FrozenDocument document, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync(
            """
            update delivery set sop_uid = coalesce(sop_uid, $2), content = coalesce(content, $3) where id = $1 and state = 'due'
            returning sop_uid, content
            """,
            [delivery, document.SopUid, document.Content], row => new FrozenDocument(row.GetString(0), row.GetFieldValue<byte[]>(1)), stop);
    }

    /// <summary>The destination has it. Ends the claim in the same transaction.</summary>
    public Task DeliveredAsync(LeasedWork work, CancellationToken stop) => EndAsync(work, "delivered", null, stop);

    /// <summary>It is not sent, on purpose.</summary>
    public Task WithheldAsync(LeasedWork work, string because, CancellationToken stop) => EndAsync(work, "withheld", because, stop);

    /// <summary>The destination refused it for good (<see cref="LeasedWork.EndedBy"/>), or every attempt failed.</summary>
    public Task FailedAsync(LeasedWork work, string because, CancellationToken stop) =>
        EndAsync(work.Exhausted ? work : work.EndedBy(new(Prospect.ForGood, because, "refused", "it was refused")), "failed", because, stop);

    // Frozen is sent or may have been; only that counts, however many decisions lie between. Of two documents for one
    // decision, the one of the same kind.
    private static async Task<FrozenDocument?> PredecessorAsync(NpgsqlConnection connection, Guid delivery, CancellationToken stop) =>
        await connection.FirstAsync(
            """
            with recursive older as (
              select now.supersedes as id, 1 as steps from delivery d join decision now on now.id = d.decision_id where d.id = $1
              union all
              select d.supersedes, older.steps + 1 from older join decision d on d.id = older.id)
            select sent.sop_uid, sent.content from older join delivery sent on sent.decision_id = older.id
            join delivery d on d.id = $1 and d.destination = sent.destination
            where sent.content is not null order by older.steps, sent.document = d.document desc limit 1
            """,
            [delivery], row => new FrozenDocument(row.GetString(0), row.GetFieldValue<byte[]>(1)), stop);

    private async Task EndAsync(LeasedWork work, string state, string? because, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await WorkRows.CompleteAsync(transaction, work, stop);
        var delivery = Guid.Parse(work.Key);
        var sent = await transaction.Connection.FirstAsync(
            """
            update delivery set state = $2, because = $3::text, delivered_at = case when $2 = 'delivered' then now() end
            where id = $1 returning destination, document, sop_uid,
              (select clock_timestamp() - study.last_indexed_at from study where study.study_uid = delivery.study_uid)
            """,
            [delivery, state, StoredText.Clean(because)],
            row => new { Destination = row.GetString(0), Document = row.GetString(1), SopUid = row.TextOrNull(2), SinceLastImage = row.GetTimeSpan(3) }, stop)
            ?? throw new InvalidOperationException($"There is no delivery {delivery}.");
        await AuditLedger.AppendAsync(transaction, new(node.Value, "delivery." + state, work.Study, Detail: new JsonObject
        {
            ["delivery"] = delivery.ToString(),
            ["destination"] = sent.Destination,
            ["document"] = sent.Document,
            ["sop"] = sent.SopUid,
            ["because"] = because,
            ["attempt"] = work.Attempt,
        }), stop);
        if (state == "delivered" || work.Fault is { Lane: LaneNews.Answers })
            await BreakerRows.AnswersAsync(transaction, node, sent.Destination, work, work.Fault is null ? $"{sent.Destination} answers again." : $"{sent.Destination}: {work.Fault.Because}", stop);
        else await BreakerRows.PassAsync(transaction, work, stop);
        await WorklistRows.NotifyAsync(transaction.Connection, work.Study, stop);
        await transaction.CommitAsync(stop);
        if (state == "delivered") StoreTelemetry.Delivered(sent.Destination, sent.SinceLastImage);
    }
}
