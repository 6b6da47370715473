using System.Text.Json.Nodes;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Who had images sent where.</summary>
public sealed class RetrievalStore(Database database, NodeName node)
{
    /// <summary>Stands in the ledger when it returns; what became of the sending is the requestor's to know.</summary>
    public async Task AskedAsync(StudyUid study, string caller, string peer, string destination, int images, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        await AuditLedger.AppendAsync(transaction, new(node.Value, "images.retrieved", study, Detail: new JsonObject
        {
            ["caller"] = StoredText.Clean(caller),
            ["peer"] = peer,
            ["destination"] = StoredText.Clean(destination),
            ["images"] = images,
        }), stop);
        await transaction.CommitAsync(stop);
    }
}
