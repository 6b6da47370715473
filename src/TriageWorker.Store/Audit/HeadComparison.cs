using Npgsql;

namespace TriageWorker.Store;

/// <summary>Compares the chain with what was told of it outside the database.</summary>
internal sealed class HeadComparison(NpgsqlConnection connection, Seal? head)
{
    private const int Lines = 1000;
    private SealHead? _furthest, _firstOther;
    private long _others;

    public long Compared { get; private set; }

    public long Unreadable { get; private set; }

    public async Task ReadAsync(HeadFile file, long length, CancellationToken stop)
    {
        await foreach (var lines in ChunksAsync(file, length, stop)) await CompareAsync(lines, stop);
    }

    public IEnumerable<LedgerFault> Faults()
    {
        if (_furthest is { } told)
            yield return new(LedgerFaultKind.CutTail, head?.Seq, $"The tail was cut: the head file names seal {told.Seal} of {told.At} with {told.Rows} rows in all, "
                + $"but the ledger ends with {(head is null ? "no seal at all" : SealComparison.Name(head))}. "
                + $"Seals {(head?.Seq ?? 0) + 1} to {told.Seal} and the {told.Rows - (head?.Total ?? 0)} rows under them are gone.");
        if (_firstOther is { } other)
            yield return new(LedgerFaultKind.RewrittenChain, other.Seal, $"The chain was rewritten at seal {other.Seal} or before: the head file names it with hash {other.Hash} of {other.At}, "
                + $"and the ledger has another one in its place. {_others} lines of the head file disagree.");
    }

    private async Task CompareAsync(List<SealHead> lines, CancellationToken stop)
    {
        var hashes = (await connection.ListAsync("select seq, hash from audit_seal where seq = any($1)", [lines.Select(line => line.Seal).ToArray()],
            row => (Seq: row.GetInt64(0), Hash: row.GetFieldValue<byte[]>(1)), stop)).ToDictionary(row => row.Seq, row => Convert.ToHexStringLower(row.Hash));
        foreach (var line in lines)
        {
            Compared++;
            if (line.Seal > (head?.Seq ?? 0))
            {
                if (line.Seal > (_furthest?.Seal ?? 0)) _furthest = line;
            }
            else if (hashes.TryGetValue(line.Seal, out var hash) && hash != line.Hash) // one that is not there is told as missing already
            {
                _others++;
                if (line.Seal < (_firstOther?.Seal ?? long.MaxValue)) _firstOther = line;
            }
        }
    }

    private async IAsyncEnumerable<List<SealHead>> ChunksAsync(HeadFile file, long length, [System.Runtime.CompilerServices.EnumeratorCancellation] CancellationToken stop)
    {
        var lines = new List<SealHead>(Lines);
        await foreach (var line in file.ReadAsync(length, stop))
        {
            if (line is null) Unreadable++;
            else lines.Add(line);
            if (lines.Count < Lines) continue;
            yield return lines;
            lines.Clear();
        }

        if (lines.Count > 0) yield return lines;
    }
}
