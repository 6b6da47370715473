namespace TriageWorker.Dicom.Network;

/// <summary>What a data set may ask of the one who follows it. A limit beyond its ceiling, or below one, is an <see cref="ArgumentOutOfRangeException"/>.</summary>
public sealed record ScanLimits
{
    public static readonly ScanLimits Default = new();

    /// <summary>Sequences within sequences, at most 1024. Structured reports nest some 10 deep, enhanced CT 5; files are read to 64.</summary>
    public int MaxDepth { get; init => field = Within(value, 1024); } = DicomReadOptions.Default.MaxDepth;

    /// <summary>Longest value that is remembered, at most 64 KiB; a longer one of the wanted attributes counts as absent.</summary>
    public int MaxValueLength { get; init => field = Within(value, 64 << 10); } = 1024;

    /// <summary>Longest value or fragment in bytes, by default what an array can hold, at most what 32 bits can say.</summary>
    public long MaxElementLength { get; init => field = Within(value, 0xFFFF_FFFE); } = int.MaxValue;

    /// <summary>Attributes, items and fragments in all, as many as files are read with, at most 100 million.</summary>
    public int MaxElements { get; init => field = Within(value, DicomReadOptions.MostElements); } = DicomReadOptions.Default.MaxElements;

    /// <summary>Longest data set in bytes, at most 1 TiB.</summary>
    public long MaxLength { get; init => field = Within(value, 1L << 40); } = 8L << 30;

    /// <summary>Bytes that a deflated data set may grow to, as many as files are read with, at most 64 GiB; ends a deflate bomb.</summary>
    public long MaxInflatedLength { get; init => field = Within(value, DicomReadOptions.LongestInflated); } = DicomReadOptions.Default.MaxInflatedBytes;

    private static int Within(int value, int ceiling) => (int)Within((long)value, ceiling);

    private static long Within(long value, long ceiling)
    {
        ArgumentOutOfRangeException.ThrowIfLessThan(value, 1);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ceiling);
        return value;
    }
}
