using System.Text.Json.Nodes;

namespace TriageWorker.Store;

/// <summary>
/// Associations: opened, kept open by their lease, ended once, with one audit line at the end. One that the sweeper took
/// for lost (the database was away for longer than its lease) is open again when its listener speaks of it.
/// </summary>
internal static class AssociationRows
{
    public static async Task UpsertAsync(
        DatabaseTransaction transaction, NodeName node, IReadOnlyList<AssociationArrival> associations, CancellationToken stop)
    {
        foreach (var association in associations.OrderBy(association => association.Id))
        {
            await transaction.Connection.ExecuteAsync(
                """
                insert into association (id, node, calling_ae, called_ae, peer_address, opened_at, lease_until, objects, refused, bytes, forward_to)
                values ($1, $2, $3, $4, $5, $6, now() + $7, $8, $9, $10, $12)
                on conflict (id) do update set
                  lease_until = greatest(association.lease_until, excluded.lease_until),
                  objects = greatest(association.objects, excluded.objects),
                  refused = greatest(association.refused, excluded.refused),
                  bytes = greatest(association.bytes, excluded.bytes),
                  ended_at = case when $11 and association.ending = 'lost' then null else association.ended_at end,
                  ending = case when $11 and association.ending = 'lost' then null else association.ending end
                """,
                [association.Id, node.Value, StoredText.Clean(association.CallingAe), StoredText.Clean(association.CalledAe),
                 association.PeerAddress, association.OpenedAt, association.LeaseFor, association.Objects, association.Refused, association.Bytes,
                 association.Ending != AssociationEnding.Lost, association.ForwardTo?.ToArray() ?? []],
                stop);
            if (association.Ending is { } ending) await EndAsync(transaction, node, association, ending, stop);
        }
    }

    private static async Task EndAsync(
        DatabaseTransaction transaction, NodeName node, AssociationArrival association, AssociationEnding ending, CancellationToken stop)
    {
        var ended = await transaction.Connection.ExecuteAsync(
            "update association set ended_at = now(), ending = $2 where id = $1 and ended_at is null",
            [association.Id, ending.ToString().ToLowerInvariant()], stop);
        if (ended == 0) return; // the batch ran before
        await AuditLedger.AppendAsync(transaction, new(node.Value, "association.ended", Detail: new JsonObject
        {
            ["association"] = association.Id.ToString(),
            ["caller"] = StoredText.Clean(association.CallingAe),
            ["peer"] = association.PeerAddress,
            ["ending"] = ending.ToString().ToLowerInvariant(),
            ["objects"] = association.Objects,
            ["refused"] = association.Refused,
            ["bytes"] = association.Bytes,
        }), stop);
    }
}
