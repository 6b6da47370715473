using Npgsql;

namespace TriageWorker.Store;

/// <summary>One row of the ledger with all its columns, as <see cref="LedgerBytes"/> writes them.</summary>
/// <param name="Cluster">The database cluster (its system identifier) whose transaction <paramref name="Xid"/> wrote it.</param>
/// <param name="At">See <see cref="LedgerTime"/>.</param>
/// <param name="Detail">PostgreSQL's own text of the <c>jsonb</c>.</param>
public sealed record LedgerRow(
    long Id, long Cluster, ulong Xid, string At, string Actor, string Event, string? Study, string? Generation, string Detail)
{
    /// <summary>Every column of the table; a test holds it.</summary>
    internal const string Columns = "id, cluster, xid, at, actor, event, study_uid, generation_id::text, detail::text";

    public LedgerPlace Place => new(Xid, Id);

    internal static LedgerRow Read(NpgsqlDataReader row) => new(row.GetInt64(0), row.GetInt64(1), row.GetFieldValue<ulong>(2), LedgerTime.Read(row, 3),
        row.GetString(4), row.GetString(5), row.TextOrNull(6), row.TextOrNull(7), row.GetString(8));
}

/// <summary>Where a row stands within its epoch: by transaction, then by id.</summary>
public readonly record struct LedgerPlace(ulong Xid, long Id) : IComparable<LedgerPlace>
{
    public int CompareTo(LedgerPlace other) => Xid == other.Xid ? Id.CompareTo(other.Id) : Xid.CompareTo(other.Xid);

    public static bool operator <(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) < 0;

    public static bool operator >(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) > 0;

    public static bool operator <=(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) <= 0;

    public static bool operator >=(LedgerPlace left, LedgerPlace right) => left.CompareTo(right) >= 0;
}
