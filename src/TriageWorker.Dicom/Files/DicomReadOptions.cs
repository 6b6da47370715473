namespace TriageWorker.Dicom;

/// <summary>How far a file is read, and what is refused. Each limit has a default and a ceiling; one outside of it is an <see cref="ArgumentOutOfRangeException"/>.</summary>
public sealed record DicomReadOptions
{
    public const int DeepestDepth = 256;
    public const int MostElements = 100_000_000;
    public const long LongestInflated = 1L << 36;

    public static DicomReadOptions Default { get; } = new();

    /// <summary>For headers: pixel data and other long values stay in the file.</summary>
    public static DicomReadOptions HeaderOnly { get; } = new() { DeferLargerThan = 4096 };

    /// <summary>Values of more bytes than this stay in the file; see <see cref="DicomElement.IsDeferred"/>. Deflated files defer nothing.</summary>
    public long DeferLargerThan { get; init; } = long.MaxValue;

    /// <summary>Reading ends before this attribute of the outermost data set.</summary>
    public DicomTag? StopBefore { get; init; }

    /// <summary>Sequences in sequences, at most 256; deeper ones are refused, because a few bytes each would exhaust the stack.</summary>
    public int MaxDepth { get; init => field = (int)Within(value, DeepestDepth); } = 64;

    /// <summary>Bytes of one value or fragment that is not deferred; at most what one array can hold.</summary>
    public long MaxValueLength { get; init => field = Within(value, Array.MaxLength); } = Array.MaxLength;

    /// <summary>Bytes that a deflated data set may grow to, at most 64 GiB.</summary>
    public long MaxInflatedBytes { get; init => field = Within(value, LongestInflated); } = 1L << 30;

    /// <summary>Attributes, items and fragments in all, at most 100 million: an empty one takes 8 bytes of a file and many times that in memory.</summary>
    public int MaxElements { get; init => field = (int)Within(value, MostElements); } = 2_000_000;

    /// <summary>A file that ends within its pixel data is read all the same, and <see cref="DicomElement.MissingBytes"/> says what is missing.</summary>
    public bool AcceptShortPixelData { get; init; }

    /// <summary>Whether all values are wanted, so that it is best to read all bytes at once.</summary>
    internal bool IsWhole => DeferLargerThan == long.MaxValue && StopBefore is null;

    private static long Within(long value, long ceiling)
    {
        ArgumentOutOfRangeException.ThrowIfNegative(value);
        ArgumentOutOfRangeException.ThrowIfGreaterThan(value, ceiling);
        return value;
    }
}
