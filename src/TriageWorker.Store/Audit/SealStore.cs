using System.Text.Json.Nodes;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Seals the ledger, batch by batch. Any number of processes may try at once: one seals, the others find it done.</summary>
public sealed class SealStore(Database database, NodeName node)
{
    /// <summary>A seal covers at most this many rows.</summary>
    public const int Batch = 5000;

    private const long LockKey = 0x7365616c; // "seal"

    /// <summary>Seals the next rows whose transactions can no longer change, in one transaction.</summary>
    /// <returns>Null when there are none, or somebody else is sealing.</returns>
    public Task<Seal?> SealNextAsync(CancellationToken stop) => SealNextAsync(Batch, stop);

    /// <inheritdoc cref="SealNextAsync(CancellationToken)"/>
    /// <param name="most">The greatest number of rows under one seal.</param>
    public async Task<Seal?> SealNextAsync(int most, CancellationToken stop)
    {
        await using var transaction = await database.BeginAsync(stop);
        var connection = transaction.Connection;
        // Given back with the commit, after which everybody sees the seal. Were it not for the lock, the unique columns would stop the second.
        if (!await connection.FirstAsync("select pg_try_advisory_xact_lock($1)", [LockKey], row => row.GetBoolean(0), stop)) return null;
        var head = await HeadAsync(connection, stop);
        await foreach (var scope in SealingScope.AfterAsync(connection, head, stop))
        {
            var rows = await scope.RowsAsync(connection, most, stop);
            if (rows.Count == 0) continue;
            var seal = await SealAsync(connection, head, scope, rows, stop);
            if (seal.Epoch != head?.Epoch) await AuditLedger.AppendAsync(transaction, Opened(seal, head), stop);
            await transaction.CommitAsync(stop);
            return seal;
        }

        return null;
    }

    /// <summary>The newest seal; null when there is none.</summary>
    public async Task<Seal?> HeadAsync(CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await HeadAsync(connection, stop);
    }

    /// <summary>The hash of a seal as it is kept now; null when it is not there.</summary>
    public async Task<byte[]?> HashAsync(long seq, CancellationToken stop)
    {
        await using var connection = await database.OpenAsync(stop);
        return await connection.FirstAsync("select hash from audit_seal where seq = $1", [seq], row => row.GetFieldValue<byte[]>(0), stop);
    }

    internal static Task<Seal?> HeadAsync(NpgsqlConnection connection, CancellationToken stop) =>
        connection.FirstAsync<Seal?>($"select {Seal.Columns} from audit_seal order by seq desc limit 1", [], Seal.Read, stop);

    private static async Task<Seal> SealAsync(NpgsqlConnection connection, Seal? head, SealingScope scope, List<LedgerRow> rows, CancellationToken stop)
    {
        using var content = new SealContent();
        foreach (var row in rows) content.Add(row);
        var now = await connection.FirstAsync("select clock_timestamp()", [], row => LedgerTime.Read(row, 0), stop);
        var seal = new Seal((head?.Seq ?? 0) + 1, scope.Epoch, scope.Cluster, scope.FloorId, content.First, content.Last, Math.Max(head?.TopId ?? 0, content.TopId),
            rows.Count, (head?.Total ?? 0) + rows.Count, now!, content.Digest(), head?.Hash ?? LedgerBytes.Beginning) { Hash = [] };
        seal = seal with { Hash = seal.ComputeHash() };
        await seal.InsertAsync(connection, RowMark.Write(content.Marks), stop);
        return seal;
    }

    private AuditEntry Opened(Seal seal, Seal? head) => new(node.Value, "epoch.opened", Detail: new JsonObject
    {
        ["epoch"] = seal.Epoch,
        ["seal"] = seal.Seq,
        ["cluster"] = seal.Cluster,
        ["because"] = head is null ? "the ledger had no seal"
            : head.Cluster == seal.Cluster ? "transaction numbers went back: the database was restored into a copy of its cluster"
            : "the rows were written in another cluster: the database was restored, or upgraded",
    });
}
