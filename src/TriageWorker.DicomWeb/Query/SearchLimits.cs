namespace TriageWorker.DicomWeb;

/// <summary>How much one search answers with.</summary>
public sealed record SearchLimits
{
    public const int LargestLimit = 100_000;

    /// <summary>Matches in one answer at most, and when no limit is asked for.</summary>
    public int MostMatches { get; init; } = 1000;
}
