namespace TriageWorker.Dicom;

/// <summary>How far a file is read, and what is refused.</summary>
public sealed record DicomReadOptions
{
    public static DicomReadOptions Default { get; } = new();

    /// <summary>For headers: pixel data and other long values stay in the file.</summary>
    public static DicomReadOptions HeaderOnly { get; } = new() { DeferLargerThan = 4096 };

    /// <summary>Values of more bytes than this stay in the file; see <see cref="DicomElement.IsDeferred"/>. Deflated files defer nothing.</summary>
    public long DeferLargerThan { get; init; } = long.MaxValue;

    /// <summary>Reading ends before this attribute of the outermost data set.</summary>
    public DicomTag? StopBefore { get; init; }

    /// <summary>Sequences in sequences; deeper ones are refused, because a few bytes each would exhaust the stack.</summary>
    public int MaxDepth { get; init; } = 64;

    /// <summary>Bytes that a deflated data set may grow to.</summary>
    public long MaxInflatedBytes { get; init; } = 1L << 30;

    /// <summary>A file that ends within its pixel data is read all the same, and <see cref="DicomElement.MissingBytes"/> says what is missing.</summary>
    public bool AcceptShortPixelData { get; init; }
}
