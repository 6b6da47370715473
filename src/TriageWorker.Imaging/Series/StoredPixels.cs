using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Series;

/// <summary>How and where one image's pixels are stored (PS3.3 C.7.6.3.1, PS3.5 8.1.1).</summary>
public sealed record StoredPixels
{
    public required string TransferSyntax { get; init; }

    public int? Rows { get; init; }

    public int? Columns { get; init; }

    public int SamplesPerPixel { get; init; } = 1;

    public int Frames { get; init; } = 1;

    public string? Photometric { get; init; }

    public int? BitsAllocated { get; init; }

    public int? BitsStored { get; init; }

    public int? HighBit { get; init; }

    public bool IsSigned { get; init; }

    /// <summary>Null when Rescale Slope or Intercept is absent, so that nothing says what the values mean.</summary>
    public Rescale? Rescale { get; init; }

    /// <summary>Lossy Image Compression (0028,2110) is 01, now or at any time before.</summary>
    public bool WasLossy { get; init; }

    public bool HasPixelData { get; init; }

    /// <summary>Where Pixel Data's value begins in the file; null for compressed pixels and for a deflated file.</summary>
    public long? Offset { get; init; }

    /// <summary>Bytes of the value that are really there.</summary>
    public long Present { get; init; }

    /// <summary>Bytes of an uncompressed image of this size.</summary>
    public long Needed => (long)(Rows ?? 0) * (Columns ?? 0) * ((BitsAllocated ?? 0) / 8) * SamplesPerPixel * Frames;
}
