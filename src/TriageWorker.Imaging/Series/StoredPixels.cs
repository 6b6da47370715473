using TriageWorker.Imaging.Decoding;
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

    /// <summary>Which of the file's frames this is, counted from 0; null where the file does not say where each frame lies.</summary>
    public int? Frame { get; init; }

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

    /// <summary>Bytes of an uncompressed value that are really there.</summary>
    public long Present { get; init; }

    /// <summary>Compressed pixel data ends with the file, not with its delimiter.</summary>
    public bool IsCutShort { get; init; }

    public bool IsCompressed => TriageWorker.Dicom.TransferSyntax.Of(TransferSyntax).IsEncapsulated;

    /// <summary>Bytes of one uncompressed frame.</summary>
    public long FrameBytes => (long)(Rows ?? 0) * (Columns ?? 0) * ((BitsAllocated ?? 0) / 8) * SamplesPerPixel;

    /// <summary>Bytes of an uncompressed value with all its frames.</summary>
    public long Needed => FrameBytes * Frames;

    /// <summary>What a decoder is told, once <see cref="PixelRules"/> has nothing against these pixels.</summary>
    internal FrameFormat Format => new(
        TransferSyntax, Rows!.Value, Columns!.Value, SamplesPerPixel, BitsAllocated!.Value, BitsStored!.Value, HighBit!.Value, IsSigned, Photometric ?? "MONOCHROME2");
}
