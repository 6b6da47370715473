using Npgsql;

namespace TriageWorker.Store;

/// <summary>Compares a seal with the rows at its place, and says by its marks which row is at fault.</summary>
internal static class SealComparison
{
    /// <summary>Empty when the rows are those that were sealed.</summary>
    /// <param name="connection">Where the marks are asked for; only when something is wrong.</param>
    public static async Task<IReadOnlyList<LedgerFault>> FaultsAsync(Seal seal, SealContent found, NpgsqlConnection connection, CancellationToken stop)
    {
        if (found.Digest().AsSpan().SequenceEqual(seal.Content) && found.Marks.Count == seal.Rows) return [];
        var marks = RowMark.Read(await connection.FirstAsync("select marks from audit_seal where seq = $1", [seal.Seq], row => row.GetFieldValue<byte[]>(0), stop));
        var faults = Compare(seal, marks, found.Marks).ToList();
        if (faults.Count > 0) return faults;
        return [new(LedgerFaultKind.ChangedRow, seal.Seq,
            $"Rows under {Name(seal)} were changed and its marks with them, so which ones cannot be said: it is one or more of {IdList.Text(found.Marks.Select(mark => mark.Id))}.")];
    }

    /// <summary>As people find it: its number, its time and its first and last place.</summary>
    public static string Name(Seal seal) =>
        $"seal {seal.Seq} (epoch {seal.Epoch}, {seal.SealedAt}, {seal.Rows} rows from xid {seal.First.Xid} id {seal.First.Id} to xid {seal.Last.Xid} id {seal.Last.Id})";

    private static IEnumerable<LedgerFault> Compare(Seal seal, RowMark[] marks, IReadOnlyList<RowMark> found)
    {
        var sealedRows = marks.GroupBy(mark => mark.Id).ToDictionary(rows => rows.Key, rows => rows.First().Start); // made by hand, they may repeat themselves
        var there = found.ToDictionary(mark => mark.Id, mark => mark.Start);
        var changed = there.Where(row => sealedRows.TryGetValue(row.Key, out var start) && start != row.Value).Select(row => row.Key).ToList();
        var missing = sealedRows.Keys.Where(id => !there.ContainsKey(id)).ToList();
        var inserted = there.Keys.Where(id => !sealedRows.ContainsKey(id)).ToList();
        if (changed.Count > 0) yield return new(LedgerFaultKind.ChangedRow, seal.Seq, $"Changed after they were sealed: id {IdList.Text(changed)}, under {Name(seal)}.");
        if (missing.Count > 0) yield return new(LedgerFaultKind.MissingRow, seal.Seq, $"Deleted, or moved to another place, after they were sealed: id {IdList.Text(missing)}, under {Name(seal)}.");
        if (inserted.Count > 0) yield return new(LedgerFaultKind.InsertedRow, seal.Seq, $"Put among sealed rows, or moved there: id {IdList.Text(inserted)}, under {Name(seal)}.");
        if (changed.Count + missing.Count + inserted.Count == 0 && !marks.AsSpan().SequenceEqual(found.ToArray()))
            yield return new(LedgerFaultKind.ReorderedRows, seal.Seq, $"Reordered after they were sealed: rows under {Name(seal)}.");
    }
}
