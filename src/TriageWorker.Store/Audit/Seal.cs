using System.Globalization;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>A link of the chain over the ledger: which rows it covers, and which seal was before it.</summary>
/// <param name="Seq">From 1, without a gap.</param>
/// <param name="Epoch">Within one, transaction numbers only grow. Another cluster, or a copy of one, begins another.</param>
/// <param name="Cluster">Whose transaction numbers its rows carry.</param>
/// <param name="FloorId">All rows of the epoch have greater ids.</param>
/// <param name="First">The place of its first row.</param>
/// <param name="Last">The place of its last row.</param>
/// <param name="TopId">The greatest id sealed so far.</param>
/// <param name="Rows">How many it covers.</param>
/// <param name="Total">How many are sealed so far, these included.</param>
/// <param name="SealedAt">Database time, as <see cref="LedgerTime"/> writes it.</param>
/// <param name="Content">Over the hashes of its rows; see <see cref="LedgerBytes"/>.</param>
/// <param name="Previous">The hash of the seal before it; zeros for the first.</param>
public sealed record Seal(
    long Seq, int Epoch, long Cluster, long FloorId, LedgerPlace First, LedgerPlace Last, long TopId, int Rows, long Total, string SealedAt, byte[] Content, byte[] Previous)
{
    internal const string Columns =
        "seq, epoch, cluster, floor_id, first_xid, first_id, last_xid, last_id, top_id, rows, total, sealed_at, content, previous, hash";

    /// <summary>As it is kept. Whether it is what the other values give is for <see cref="ComputeHash"/> to say.</summary>
    public required byte[] Hash { get; init; }

    public byte[] ComputeHash() => LedgerBytes.Hash(this);

    internal static Seal Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt32(1), row.GetInt64(2), row.GetInt64(3),
        new(row.GetFieldValue<ulong>(4), row.GetInt64(5)), new(row.GetFieldValue<ulong>(6), row.GetInt64(7)), row.GetInt64(8), row.GetInt32(9), row.GetInt64(10),
        LedgerTime.Read(row, 11), row.GetFieldValue<byte[]>(12), row.GetFieldValue<byte[]>(13)) { Hash = row.GetFieldValue<byte[]>(14) };

    internal async Task InsertAsync(NpgsqlConnection connection, byte[] marks, CancellationToken stop) => await connection.ExecuteAsync(
        $"insert into audit_seal ({Columns}, marks) values ($1, $2, $3, $4, $5::xid8, $6, $7::xid8, $8, $9, $10, $11, $12::timestamptz, $13, $14, $15, $16)",
        [Seq, Epoch, Cluster, FloorId, Xid(First), First.Id, Xid(Last), Last.Id, TopId, Rows, Total, SealedAt, Content, Previous, Hash, marks], stop);

    /// <summary>As a parameter that is cast to <c>xid8</c>.</summary>
    internal static string Xid(LedgerPlace place) => place.Xid.ToString(CultureInfo.InvariantCulture);
}
