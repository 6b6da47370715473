using System.Text.Json.Nodes;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Delivery rows as a decision makes them.</summary>
internal static class DeliveryRows
{
    public static async Task AddAsync(
        DatabaseTransaction transaction, NodeName node, NewDecision decision, Guid decisionId, IEnumerable<PlannedDestination> destinations, TimeSpan credit,
        CancellationToken stop)
    {
        foreach (var destination in destinations)
        foreach (var document in destination.DocumentsFor(decision.Outcome))
        {
            var id = Guid.CreateVersion7();
            var withheld = decision.Demonstration && !destination.Demonstration ? Sentences.NotForDemonstration(destination.Name) : null;
            await transaction.Connection.ExecuteAsync(
                """
                insert into delivery (id, decision_id, study_uid, destination, document, state, because)
                values ($1, $2, $3, $4, $5, $6, $7::text)
                """,
                [id, decisionId, decision.Study.Value, destination.Name, document.ToString().ToLowerInvariant(),
                 withheld is null ? "due" : "withheld", withheld], stop);
            if (withheld is null)
                await WorkRows.PushAsync(transaction, Stage.Delivery, id.ToString(), destination.Name, decision.Study, TimeSpan.Zero, credit, stop);
            else
                await AuditLedger.AppendAsync(transaction, new(node.Value, "delivery.withheld", decision.Study, decision.Generation, new JsonObject
                {
                    ["delivery"] = id.ToString(),
                    ["destination"] = destination.Name,
                    ["document"] = document.ToString().ToLowerInvariant(),
                    ["because"] = withheld,
                }), stop);
        }
    }

    /// <summary>
    /// What older decisions have not begun to send is not sent any more. What has frozen content may have arrived
    /// already, so it goes on and the newer document names it as its predecessor.
    /// </summary>
    /// <param name="decision">The newest one; those that it supersedes, back to the first, are the older ones.</param>
    /// <param name="keepVerdicts">The newest decision replaces no verdict: only what said "not analysed" is out of date.</param>
    public static async Task WithholdUnsentAsync(NpgsqlConnection connection, NodeName node, Guid decision, bool keepVerdicts, CancellationToken stop) =>
        await connection.ExecuteAsync(
            """
            with recursive older as (
              select d.id, d.supersedes, d.outcome, d.generation_id from decision now join decision d on d.id = now.supersedes where now.id = $1
              union all
              select d.id, d.supersedes, d.outcome, d.generation_id from older join decision d on d.id = older.supersedes),
            unsent as (
              update delivery set state = 'withheld', because = 'A newer result came before it was sent.'
              from older where delivery.decision_id = older.id and delivery.state = 'due' and delivery.content is null
                and (older.outcome = 'not_analysed' or not $2)
              returning delivery.id, delivery.study_uid, delivery.destination, delivery.document, delivery.because, older.generation_id),
            told as (
              insert into audit (actor, event, study_uid, generation_id, detail)
              select $3, 'delivery.withheld', study_uid, generation_id,
                jsonb_build_object('delivery', id, 'destination', destination, 'document', document, 'because', because) from unsent)
            update work set state = 'done', fence = fence + 1, lease_owner = null, lease_until = null, changed_at = clock_timestamp()
            from unsent where work.stage = 'delivery' and work.key = unsent.id::text
            """,
            [decision, keepVerdicts, node.Value], stop);

    /// <summary>
    /// A delivery that failed is to be sent after all, as it was fixed. Where a newer decision has replaced what it says it is withheld
    /// instead, and its work is done: the destination has, or gets, the newer one.
    /// </summary>
    /// <returns>False when it was withheld.</returns>
    public static async Task<bool> ReviveAsync(DatabaseTransaction transaction, StudyUid study, Guid delivery, string actor, CancellationToken stop)
    {
        // As WithholdUnsentAsync has it: a decision that could not analyse the later images replaces no verdict.
        var row = await transaction.Connection.FirstAsync(
            """
            with recursive newer as (
              select d.id, d.outcome from delivery mine join decision d on d.supersedes = mine.decision_id and d.study_uid = $2 where mine.id = $1
              union all
              select d.id, d.outcome from newer join decision d on d.supersedes = newer.id and d.study_uid = $2),
            stale as (
              select exists (select 1 from newer) and (mine.outcome = 'not_analysed' or exists (select 1 from newer where outcome <> 'not_analysed')) as is_so
              from delivery join decision mine on mine.id = delivery.decision_id where delivery.id = $1)
            update delivery set state = case when stale.is_so then 'withheld' else 'due' end,
              because = case when stale.is_so then 'A newer result came before it was sent.' end
            from stale where delivery.id = $1 and delivery.state = 'failed' returning stale.is_so, destination, document, because
            """,
            [delivery, study.Value], row => new { IsStale = row.GetBoolean(0), Destination = row.GetString(1), Document = row.GetString(2), Because = row.TextOrNull(3) }, stop)
            ?? throw new InvalidOperationException($"Delivery {delivery} has not failed, but its work is dead.");
        if (!row.IsStale) return true;
        await transaction.Connection.ExecuteAsync(
            "update work set state = 'done', fence = fence + 1, changed_at = clock_timestamp() where stage = 'delivery' and key = $1", [delivery.ToString()], stop);
        await AuditLedger.AppendAsync(transaction, new(actor, "delivery.withheld", study, Detail: new JsonObject
        {
            ["delivery"] = delivery.ToString(),
            ["destination"] = row.Destination,
            ["document"] = row.Document,
            ["because"] = row.Because,
        }), stop);
        return false;
    }
}
