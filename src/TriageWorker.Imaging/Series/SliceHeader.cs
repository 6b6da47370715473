using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Series;

/// <summary>What one image file says of itself, as far as a volume needs it. Null is what the file does not say; nothing is guessed here.</summary>
public sealed record SliceHeader
{
    public required string Path { get; init; }

    public string? StudyUid { get; init; }

    public string? SeriesUid { get; init; }

    public string? SopUid { get; init; }

    public string? SopClass { get; init; }

    public PatientIdentity Patient { get; init; }

    public string? Modality { get; init; }

    public IReadOnlyList<string> ImageType { get; init; } = [];

    public int? SeriesNumber { get; init; }

    public string? Kernel { get; init; }

    /// <summary>Rescale Type (0028,1054): HU, or what else the numbers mean.</summary>
    public string? RescaleType { get; init; }

    /// <summary>At the time of the study, from Patient's Age or else from birth and study date.</summary>
    public double? AgeYears { get; init; }

    /// <summary>Image Position (Patient), millimetres, LPS (PS3.3 C.7.6.2.1.1).</summary>
    public Vector3d? Position { get; init; }

    /// <summary>Direction in which the column index grows: the first triple of Image Orientation (Patient).</summary>
    public Vector3d? RowDirection { get; init; }

    /// <summary>Direction in which the row index grows: the second triple.</summary>
    public Vector3d? ColumnDirection { get; init; }

    /// <summary>Pixel Spacing: millimetres between rows, then between columns (PS3.3 10.7.1.3).</summary>
    public (double Rows, double Columns)? PixelSpacing { get; init; }

    /// <summary>Slice Thickness (0018,0050) in millimetres.</summary>
    public double? ThicknessMm { get; init; }

    /// <summary>Frame of Reference UID (0020,0052): places under one of these can be compared.</summary>
    public string? FrameOfReference { get; init; }

    /// <summary>Stack ID (0020,9056): frames of one number belong together.</summary>
    public string? Stack { get; init; }

    /// <summary>Acquisition Number (0020,0012) or, of a frame, Frame Acquisition Number (0020,9156).</summary>
    public int? Acquisition { get; init; }

    /// <summary>Temporal Position Index (0020,9128) of a frame, or Temporal Position Identifier (0020,0100): the phase of a study over time.</summary>
    public int? Phase { get; init; }

    public required StoredPixels Pixels { get; init; }
}
