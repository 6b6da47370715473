namespace TriageWorker.Store;

public enum LedgerFaultKind
{
    ChangedRow,
    MissingRow,
    InsertedRow,
    ReorderedRows,
    ChangedSeal,
    MissingSeal,
    BrokenLink,
    CutTail,
    RewrittenChain,
    Overdue,
    NoHeadFile,
}

/// <summary>A place where the ledger is not what was sealed.</summary>
/// <param name="Seal">At which seal; null when at none.</param>
/// <param name="Sentence">What is wrong, and where.</param>
public sealed record LedgerFault(LedgerFaultKind Kind, long? Seal, string Sentence);

/// <summary>What a whole look at the ledger found.</summary>
/// <param name="Rows">Of the table, sealed or not.</param>
/// <param name="Head">The newest seal; null when there is none.</param>
/// <param name="Unsealed">Rows that wait for their seal.</param>
/// <param name="OldestUnsealed">The age of the oldest of them; null when none waits.</param>
/// <param name="HeadsCompared">Lines of the head file that name a seal.</param>
/// <param name="HeadsUnreadable">Lines of the head file that do not.</param>
public sealed record LedgerVerdict(long Rows, long Seals, Seal? Head, long Unsealed, TimeSpan? OldestUnsealed, long HeadsCompared, long HeadsUnreadable, long Faults)
{
    public bool IsSound => Faults == 0;
}
