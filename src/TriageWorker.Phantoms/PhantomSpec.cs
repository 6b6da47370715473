namespace TriageWorker.Phantoms;

/// <summary>Says which phantom to draw. The same spec gives the same voxels, however many threads draw them.</summary>
public sealed record PhantomSpec
{
    /// <summary>How often <see cref="Random"/> draws each finding.</summary>
    public const double FindingRate = 0.35;

    private const double FieldLengthMm = 400;

    /// <summary>Draws the anatomy: two specs that differ only in findings show the same person.</summary>
    public int Seed { get; init; }

    public PhantomKind Kind { get; init; }

    /// <summary>What is drawn into the body; none unless asked for.</summary>
    public PhantomFindings Findings { get; init; }

    /// <summary>How marked the findings are, 0 (subtle) to 1 (obvious); null draws each finding's own from the seed.</summary>
    public double? Severity { get; init; }

    public int Slices { get; init; } = 120;

    /// <summary>Columns and rows.</summary>
    public int Matrix { get; init; } = 512;

    /// <summary>Millimetres between pixels; null fits the field of view to the body (0.7–0.95 at 512).</summary>
    public double? PixelSpacing { get; init; }

    /// <summary>Millimetres between slices; null covers lung bases to hips in all slices, at 1 to 10 mm.</summary>
    public double? SliceSpacing { get; init; }

    /// <summary>Whether <see cref="PhantomStudy.Regions"/> is kept: a byte more for each voxel.</summary>
    public bool WithRegions { get; init; }

    /// <summary>A study as it might come from a ward: each finding present in 35 %, independently, with its own severity.</summary>
    public static PhantomSpec Random(int seed)
    {
        var dice = Dice.For(seed, "findings");
        var findings = PhantomFindings.None;
        foreach (var finding in Enum.GetValues<PhantomFindings>())
            if (dice.Chance(FindingRate)) findings |= finding;
        return new PhantomSpec { Seed = seed, Findings = findings };
    }

    internal double EffectiveSliceSpacing => SliceSpacing ?? Math.Clamp(FieldLengthMm / Slices, 1, 10);

    internal void Check()
    {
        if (Slices is < 1 or > 2000) throw new ArgumentException($"A phantom has 1 to 2000 slices, not {Slices}.");
        if (Matrix is < 16 or > 1024) throw new ArgumentException($"A phantom's matrix is 16 to 1024, not {Matrix}.");
        if (PixelSpacing is { } pixel && !(pixel is >= 0.1 and <= 30)) throw new ArgumentException($"Pixel spacing is 0.1 to 30 mm, not {pixel}.");
        if (SliceSpacing is { } slice && !(slice is >= 0.1 and <= 50)) throw new ArgumentException($"Slice spacing is 0.1 to 50 mm, not {slice}.");
        if (Severity is { } severity && !(severity is >= 0 and <= 1)) throw new ArgumentException($"Severity is 0 to 1, not {severity}.");
    }
}
