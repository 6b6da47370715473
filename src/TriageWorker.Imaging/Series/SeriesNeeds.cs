namespace TriageWorker.Imaging.Series;

/// <summary>What a model's package needs of a series before it may read it.</summary>
public sealed record SeriesNeeds
{
    public string Modality { get; init; } = "CT";

    /// <summary>What the model is for, as its package names it.</summary>
    public string BodyPart { get; init; } = "abdomen";

    /// <summary>Least millimetres covered from head to foot.</summary>
    public double MinCoverageMm { get; init; } = 40;

    /// <summary>Largest millimetres between slices, and largest thickness of one.</summary>
    public double MaxSpacingMm { get; init; } = 10;

    /// <summary>Least whole years; an age that is not given is not refused.</summary>
    public double MinAgeYears { get; init; } = 18;

    /// <summary>Hounsfield units after lossy compression are not what the scanner measured, so this is a site's own decision.</summary>
    public bool AllowLossy { get; init; }
}
