using System.Globalization;

namespace TriageWorker.Store;

/// <summary>
/// Walks the whole chain and names every place where rows, seals or the head file disagree. Whoever may change tables can also
/// make a new chain that fits; that shows against the head file, which is why it belongs outside.
/// </summary>
public sealed class LedgerVerification(Database database, TimeSpan overdueAfter)
{
    private readonly List<long> _loose = [];
    private LedgerRow? _firstLoose;
    private long _rows, _seals, _faults, _unsealed, _looseMore;
    private TimeSpan? _oldest;

    /// <param name="heads">Null: the chain is not compared with what was told outside, so that a cut tail goes unnoticed.</param>
    /// <param name="begun">Told about how many rows there are.</param>
    /// <param name="advanced">Told how many rows were read since the last call.</param>
    /// <param name="found">Told each fault as it is found.</param>
    public async Task<LedgerVerdict> RunAsync(HeadFile? heads, Action<long> begun, Action<int> advanced, Action<LedgerFault> found, CancellationToken stop)
    {
        const int tell = 1000;
        var told = heads?.Length ?? 0; // before the look at the database, which then has all that it names
        await using var walk = await LedgerWalk.BeginAsync(database, stop);
        await using var marks = await database.OpenAsync(stop);
        begun(await walk.EstimateAsync(stop));
        Seal? previous = null;
        await foreach (var step in walk.StepsAsync(stop))
        {
            switch (step)
            {
                case LedgerStep.SealEnd(var seal, var content):
                    _seals++;
                    FlushLoose(seal, found);
                    foreach (var fault in LinkFaults(seal, previous).Concat(await SealComparison.FaultsAsync(seal, content, marks, stop))) Tell(fault, found);
                    previous = seal;
                    continue;
                case LedgerStep.Loose(var row, _, _, IsDue: true):
                    Wait(row, walk.Now);
                    break;
                case LedgerStep.Loose(var row, _, _, IsDue: false):
                    Loosen(row);
                    break;
                case LedgerStep.Sealed:
                    break;
            }

            if (++_rows % tell == 0) advanced(tell);
        }

        FlushLoose(before: null, found);
        advanced((int)(_rows % tell));
        var heading = new HeadComparison(walk.Connection, walk.Head);
        if (heads is { Exists: true }) await heading.ReadAsync(heads, told, stop);
        foreach (var fault in heading.Faults()) Tell(fault, found);
        if (heads is { Exists: false } && walk.Head is not null) Tell(NoFile(heads), found);
        if (_oldest > overdueAfter) Tell(Overdue(), found);
        return new LedgerVerdict(_rows, _seals, walk.Head, _unsealed, _oldest, heading.Compared, heading.Unreadable, _faults);
    }

    private static IEnumerable<LedgerFault> LinkFaults(Seal seal, Seal? previous)
    {
        var expected = (previous?.Seq ?? 0) + 1;
        if (!seal.ComputeHash().AsSpan().SequenceEqual(seal.Hash))
            yield return new(LedgerFaultKind.ChangedSeal, seal.Seq, $"The seal itself was changed or forged: its values do not give its hash. It is {SealComparison.Name(seal)}.");
        if (seal.Seq != expected)
            yield return new(LedgerFaultKind.MissingSeal, seal.Seq, seal.Seq > expected
                ? $"Seals were deleted: {IdList.Text(Enumerable.Range(0, (int)Math.Min(seal.Seq - expected, int.MaxValue)).Select(step => expected + step))}, before {SealComparison.Name(seal)}."
                : $"The chain has no order here: {SealComparison.Name(seal)} comes after seal {expected - 1}.");
        else if (!seal.Previous.AsSpan().SequenceEqual(previous?.Hash ?? LedgerBytes.Beginning))
            yield return new(LedgerFaultKind.BrokenLink, seal.Seq, $"The chain is broken before {SealComparison.Name(seal)}: it follows another seal {expected - 1} than the one that is there.");
    }

    private void Wait(LedgerRow row, DateTimeOffset now)
    {
        _unsealed++;
        if (LedgerTime.Parse(row.At) is { } at && (_oldest is null || now - at > _oldest)) _oldest = now - at;
    }

    // Bounded: a deleted seal leaves thousands, and their range says enough.
    private void Loosen(LedgerRow row)
    {
        _firstLoose ??= row;
        if (_loose.Count < SealStore.Batch) _loose.Add(row.Id);
        else _looseMore++;
    }

    private void FlushLoose(Seal? before, Action<LedgerFault> found)
    {
        if (_firstLoose is not { } first) return;
        var more = _looseMore > 0 ? string.Create(CultureInfo.InvariantCulture, $" and {_looseMore} more") : "";
        Tell(new(LedgerFaultKind.InsertedRow, before?.Seq, $"Under no seal, though newer rows are sealed: id {IdList.Text(_loose)}{more}, from xid {first.Xid} on, "
            + $"{(before is null ? "in no epoch's order" : $"before {SealComparison.Name(before)}")}. They were put there later, or their seal was deleted."), found);
        _loose.Clear();
        (_firstLoose, _looseMore) = (null, 0);
    }

    private LedgerFault Overdue() => new(LedgerFaultKind.Overdue, Seal: null, string.Create(CultureInfo.InvariantCulture,
        $"{_unsealed} rows wait for their seal, the oldest for {_oldest!.Value.TotalSeconds:0} s: run the role jobs or `triage audit seal`; if that does not help, a transaction is held open (alarm audit.horizon)."));

    private static LedgerFault NoFile(HeadFile heads) => new(LedgerFaultKind.NoHeadFile, Seal: null,
        $"The head file {heads.Path} is not there, so a cut tail would go unnoticed: name it with --head, or say --without-head.");

    private void Tell(LedgerFault fault, Action<LedgerFault> found)
    {
        _faults++;
        found(fault);
    }
}
