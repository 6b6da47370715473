using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>One line of the ledger. No names, birth dates or pixel values; UIDs and figures only.</summary>
/// <param name="Actor">The process or person that acted.</param>
/// <param name="Event">What happened, as <c>area.verb</c>: <c>study.closed</c>, <c>decision.made</c>.</param>
public sealed record AuditEntry(string Actor, string Event, StudyUid? Study = null, GenerationId? Generation = null, JsonObject? Detail = null);

/// <summary>The append-only ledger: a line stands in the transaction of what it tells, or neither is there.</summary>
public static class AuditLedger
{
    public static async Task AppendAsync(DatabaseTransaction transaction, AuditEntry entry, CancellationToken stop) =>
        await transaction.Connection.ExecuteAsync(
            "insert into audit (actor, event, study_uid, generation_id, detail) values ($1, $2, $3, $4::uuid, $5::jsonb)",
            [entry.Actor, entry.Event, entry.Study?.Value, entry.Generation?.Value, entry.Detail?.ToJsonString() ?? "{}"],
            stop);
}
