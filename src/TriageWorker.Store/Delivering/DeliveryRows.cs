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
            var withheld = decision.Demonstration && !destination.Demonstration
                ? $"The result is a demonstration model's, and {destination.Name} is not marked as a demonstration destination."
                : null;
            await transaction.Connection.ExecuteAsync(
                """
                insert into delivery (id, decision_id, study_uid, destination, document, state, because)
                values ($1, $2, $3, $4, $5, $6, $7::text)
                """,
                [id, decisionId, decision.Study.Value, destination.Name, document.ToString().ToLowerInvariant(),
                 withheld is null ? "due" : "withheld", withheld], stop);
            if (withheld is null)
                await WorkRows.PushAsync(transaction, Stage.Delivery, id.ToString(), decision.Study, TimeSpan.Zero, credit, stop);
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
    /// What an older decision has not begun to send is not sent any more. What has frozen content may have arrived
    /// already, so it goes on and the newer document names it as its predecessor.
    /// </summary>
    public static async Task WithholdUnsentAsync(NpgsqlConnection connection, Guid decision, CancellationToken stop) =>
        await connection.ExecuteAsync(
            """
            with unsent as (
              update delivery set state = 'withheld', because = 'A newer result came before it was sent.'
              where decision_id = $1 and state = 'due' and content is null returning id::text)
            update work set state = 'done', fence = fence + 1, lease_owner = null, lease_until = null, changed_at = clock_timestamp()
            from unsent where work.stage = 'delivery' and work.key = unsent.id
            """,
            [decision], stop);
}
