using System.Runtime.CompilerServices;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Rows of one epoch that may be sealed next.</summary>
/// <param name="After">The last place that is sealed in it.</param>
/// <param name="Bound">Which transactions, as SQL that speaks of its own statement's snapshot: what was read a statement earlier may have grown since.</param>
internal sealed record SealingScope(int Epoch, long Cluster, long FloorId, LedgerPlace After, string Bound)
{
    /// <summary>Transactions that can no longer change: all below are over, and what they wrote is visible.</summary>
    private const string Finished = "xid < pg_snapshot_xmin(pg_current_snapshot())";

    /// <summary>Numbers that this cluster has not reached: rows that were restored, so their transactions are over.</summary>
    private const string NotReached = "xid >= pg_snapshot_xmax(pg_current_snapshot())";

    /// <summary>Rows of another cluster were restored, so their transactions are over.</summary>
    private const string All = "true";

    /// <summary>What may be sealed, best first. Only the first that has rows is.</summary>
    public static async IAsyncEnumerable<SealingScope> AfterAsync(NpgsqlConnection connection, Seal? head, [EnumeratorCancellation] CancellationToken stop)
    {
        var (here, wentBack) = await connection.FirstAsync(
            """
            select (pg_control_system()).system_identifier, coalesce(pg_snapshot_xmax(pg_current_snapshot()) <= $1::xid8, false)
            """,
            [head is null ? null : Seal.Xid(head.Last)], row => (row.GetInt64(0), row.GetBoolean(1)), stop);
        var isHere = head?.Cluster == here;
        if (head is not null)
        {
            var on = new SealingScope(head.Epoch, head.Cluster, head.FloorId, head.Last, All);
            if (!isHere) yield return on;
            // Past a seal whose numbers this cluster has not reached, only rows that came with it are left.
            if (isHere && !wentBack) yield return on with { Bound = Finished };
            if (isHere) yield return on with { Bound = NotReached };
        }

        // New rows have greater ids than all that are sealed: a restored sequence never goes back.
        var anew = new SealingScope((head?.Epoch ?? 0) + 1, here, head?.TopId ?? 0, default, Finished);
        if (await ElsewhereAsync(connection, here, anew.FloorId, stop) is { } elsewhere) yield return anew with { Cluster = elsewhere, Bound = All };
        if (isHere && !wentBack) yield break;
        yield return anew;
        yield return anew with { Bound = NotReached };
    }

    public Task<List<LedgerRow>> RowsAsync(NpgsqlConnection connection, int most, CancellationToken stop) => connection.ListAsync(
        $"""
         select {LedgerRow.Columns} from audit
         where cluster = $1 and id > $2 and (xid, id) > ($3::xid8, $4) and {Bound} order by xid, id limit $5
         """,
        [Cluster, FloorId, Seal.Xid(After), After.Id, most], LedgerRow.Read, stop);

    /// <summary>A cluster of which rows were restored that no epoch covers yet; the one with the oldest.</summary>
    private static Task<long?> ElsewhereAsync(NpgsqlConnection connection, long here, long floor, CancellationToken stop) =>
        connection.FirstAsync<long?>("select cluster from audit where id > $1 and cluster <> $2 order by id limit 1", [floor, here], row => row.GetInt64(0), stop);
}
