namespace TriageWorker.Dicom.Network;

/// <summary>What a data set may ask of the one who follows it.</summary>
public sealed record ScanLimits
{
    public static readonly ScanLimits Default = new();

    /// <summary>Sequences within sequences. Structured reports nest some 10 deep, enhanced CT 5.</summary>
    public int MaxDepth { get; init; } = 32;

    /// <summary>Longest value that is remembered; a longer one of the wanted attributes counts as absent.</summary>
    public int MaxValueLength { get; init; } = 1024;

    /// <summary>Longest data set in bytes, after inflating; ends a deflate bomb.</summary>
    public long MaxLength { get; init; } = 8L << 30;
}
