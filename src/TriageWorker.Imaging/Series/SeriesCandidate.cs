using System.Globalization;

namespace TriageWorker.Imaging.Series;

/// <summary>A series that the model may read, and what speaks for it.</summary>
public sealed record SeriesCandidate(string SeriesUid, SeriesGeometry Geometry, int SetAside)
{
    private const double CoverageStepMm = 50, FineEnoughMm = 3.5;

    /// <summary>How many stacks the series holds; this is the best of them.</summary>
    public int Stacks { get; init; } = 1;

    public bool IsOriginal => ImageKinds.IsOriginal(Geometry.Slices[0]);

    public bool IsSoft => !ReconstructionKernel.IsSharp(Geometry.Slices[0].Kernel);

    public int Slices => Geometry.Slices.Count;

    /// <summary>Best first: most body covered (in steps of 50 mm), original, soft kernel, fine enough spacing, most slices; then by UID so that the choice is the same each time.</summary>
    public static IEnumerable<SeriesCandidate> Ranked(IEnumerable<SeriesCandidate> candidates) =>
        candidates
            .OrderByDescending(c => c.CoverageStep)
            .ThenByDescending(c => c.IsOriginal)
            .ThenByDescending(c => c.IsSoft)
            .ThenByDescending(c => c.IsFine)
            .ThenByDescending(c => c.Slices)
            .ThenBy(c => c.SeriesUid, StringComparer.Ordinal);

    /// <summary>What the series is, as a clause.</summary>
    public string Describe()
    {
        var aside = SetAside > 0 ? string.Create(CultureInfo.InvariantCulture, $"; {SetAside} localizer image{(SetAside == 1 ? "" : "s")} set aside") : "";
        var tilt = Geometry.TiltDegrees >= 0.5 ? string.Create(CultureInfo.InvariantCulture, $", gantry tilted by {Geometry.TiltDegrees:0.#}°") : "";
        var stacks = Stacks > 1 ? string.Create(CultureInfo.InvariantCulture, $"; the best of {Stacks} stacks in the series") : "";
        return string.Create(
            CultureInfo.InvariantCulture,
            $"{Slices} {(IsOriginal ? "original" : "derived")} slices every {Geometry.SpacingMm:0.##} mm cover {Geometry.CoverageMm:0} mm, {(IsSoft ? "soft" : "sharp")} kernel{tilt}{stacks}{aside}");
    }

    /// <summary>The first thing in which this one stands behind the better.</summary>
    public string WhyAfter(SeriesCandidate better)
    {
        if (CoverageStep < better.CoverageStep) return string.Create(CultureInfo.InvariantCulture, $"it covers {Geometry.CoverageMm:0} mm, the chosen one {better.Geometry.CoverageMm:0} mm");
        if (!IsOriginal && better.IsOriginal) return "it is derived, the chosen one original";
        if (!IsSoft && better.IsSoft) return "its kernel is sharp, the chosen one's soft";
        if (!IsFine && better.IsFine) return string.Create(CultureInfo.InvariantCulture, $"its slices stand {Geometry.SpacingMm:0.##} mm apart, the chosen one's {better.Geometry.SpacingMm:0.##} mm");
        return Slices < better.Slices ? $"it has {Slices} slices, the chosen one {better.Slices}" : "it is as good as the chosen one, which comes first by its UID";
    }

    private bool IsFine => Geometry.SpacingMm <= FineEnoughMm;

    private double CoverageStep => Math.Round(Geometry.CoverageMm / CoverageStepMm);
}
