using System.Globalization;

namespace TriageWorker.Imaging.Series;

/// <summary>A series that the model may read, and what speaks for it.</summary>
public sealed record SeriesCandidate(string SeriesUid, SeriesGeometry Geometry, int SetAside)
{
    private const double FineEnoughMm = 3.5, SameReachMm = 25;

    /// <summary>How many stacks the series holds; this is the best of them.</summary>
    public int Stacks { get; init; } = 1;

    public bool IsOriginal => ImageKinds.IsOriginal(Geometry.Slices[0]);

    public bool IsSoft => !ReconstructionKernel.IsSharp(Geometry.Slices[0].Kernel);

    /// <summary>What the scanner measured, never through lossy compression.</summary>
    public bool IsLossless => !Geometry.Slices.Any(slice => slice.Pixels.WasLossy || PixelEncoding.IsLossy(slice.Pixels.TransferSyntax));

    public int Slices => Geometry.Slices.Count;

    /// <summary>Of the thickest slice, in millimetres; null when none says it.</summary>
    public double? ThicknessMm => SliceThickness.Of(Geometry);

    /// <summary>Neither distance nor thickness of the slices hides what is small.</summary>
    internal bool IsFine => Math.Max(Geometry.SpacingMm, ThicknessMm ?? 0) <= FineEnoughMm;

    internal string Origin => ImageKinds.Origin(Geometry.Slices[0]);

    /// <summary>It shows no part of the body along the table that the other one does not show too.</summary>
    internal bool LiesWithin(SeriesCandidate other) =>
        Geometry.Slices[0].FrameOfReference == other.Geometry.Slices[0].FrameOfReference
        && Reach.From >= other.Reach.From - SameReachMm && Reach.To <= other.Reach.To + SameReachMm;

    private (double From, double To) Reach => Geometry.Slices[0].Position!.Value.Z is var one && Geometry.Slices[^1].Position!.Value.Z is var last ? (Math.Min(one, last), Math.Max(one, last)) : default;

    /// <summary>What the series is, as a clause.</summary>
    public string Describe()
    {
        var thick = ThicknessMm is { } mm ? Say($"of {mm:0.##} mm thickness ") : "";
        var kernel = Geometry.Slices[0].Kernel is { Length: > 0 } name ? $"{(IsSoft ? "soft" : "sharp")} kernel {name}" : "kernel not given";
        var tilt = Geometry.TiltDegrees >= 0.5 ? Say($", gantry tilted by {Geometry.TiltDegrees:0.#}°") : "";
        var lossy = IsLossless ? "" : ", through lossy compression";
        var stacks = Stacks > 1 ? Say($"; the best of {Stacks} stacks in the series") : "";
        var aside = SetAside > 0 ? Say($"; {SetAside} localizer image{(SetAside == 1 ? "" : "s")} set aside") : "";
        var origin = Origin.Length > 0 ? Origin + " " : "";
        return Say($"{Slices} {origin}slices {thick}every {Geometry.SpacingMm:0.##} mm cover {Geometry.CoverageMm:0} mm, {kernel}{tilt}{lossy}{stacks}{aside}");
    }

    private static string Say(FormattableString clause) => clause.ToString(CultureInfo.InvariantCulture);
}
