namespace TriageWorker.Store;

/// <summary>What comes next on the way through the ledger.</summary>
internal abstract record LedgerStep
{
    private LedgerStep()
    {
    }

    /// <summary>A row at the place of a seal, which follows once all its rows have come.</summary>
    public sealed record Sealed(LedgerRow Row, byte[] Hash, Seal Under) : LedgerStep;

    /// <summary>All rows at the place of this seal have come.</summary>
    /// <param name="Content">Of those rows; valid until the next step.</param>
    public sealed record SealEnd(Seal Seal, SealContent Content) : LedgerStep;

    /// <summary>A row at no seal's place.</summary>
    /// <param name="Epoch">In whose order it stands; null when in none.</param>
    /// <param name="IsDue">It is newer than all that is sealed: the next to be sealed.</param>
    public sealed record Loose(LedgerRow Row, byte[] Hash, int? Epoch, bool IsDue) : LedgerStep;
}
