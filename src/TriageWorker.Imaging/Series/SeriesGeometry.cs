using System.Globalization;
using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// The grid on which a series' slices lie (PS3.3 C.7.6.2), slices in order along the normal. Only what the headers prove:
/// a gap, a second slice at one place or a drift is a reason, never smoothed over. What is decided, and how far, stands in
/// <c>docs/geometry.md</c>.
/// </summary>
public sealed record SeriesGeometry
{
    private const double CosineTolerance = 1e-3, UnitTolerance = 0.01, PlaceToleranceMm = 0.1;

    private SeriesGeometry(IReadOnlyList<SliceHeader> slices, VolumeGrid grid, Vector3d normal, double widestMm) =>
        (Slices, Grid, Normal, WidestMm) = (slices, grid, normal, widestMm);

    public IReadOnlyList<SliceHeader> Slices { get; }

    public VolumeGrid Grid { get; }

    /// <summary>Of the slice planes, LPS, of length one.</summary>
    public Vector3d Normal { get; }

    /// <summary>Between neighbours along the normal; of slices at uneven distances the mean.</summary>
    public double SpacingMm => Math.Abs(Step.Dot(Normal));

    /// <summary>The largest distance between two neighbours along the normal.</summary>
    public double WidestMm { get; }

    /// <summary>From the lower face of the first to the upper face of the last slice, taking slices as thick as their distance.</summary>
    public double CoverageMm => Slices.Count * SpacingMm;

    /// <summary>Angle between the way from slice to slice and the slices' normal: the gantry's tilt, which shears the grid.</summary>
    public double TiltDegrees => Math.Acos(Math.Clamp(SpacingMm / Step.Length, 0, 1)) * 180 / Math.PI;

    /// <summary>The slice normal is nearer to head-foot than to any other axis.</summary>
    public bool IsAxial => Math.Abs(Normal.Z) > Math.Max(Math.Abs(Normal.X), Math.Abs(Normal.Y));

    private Vector3d Step => Grid.ToRas.Z with { X = -Grid.ToRas.Z.X, Y = -Grid.ToRas.Z.Y };

    public static Reading<SeriesGeometry> Of(IReadOnlyList<SliceHeader> headers)
    {
        if (headers.Count == 0) return Not("there is no slice");
        if (Missing(headers) is { } missing) return Not(missing);
        if (Disagreement(headers) is { } disagreement) return Not(disagreement);
        if (Directions(headers[0]) is not var (along, down, normal)) return Not("the image orientation is not two perpendicular directions");

        SliceHeader[] slices = [.. headers.OrderBy(h => h.Position!.Value.Dot(normal)).ThenBy(h => h.SopUid, StringComparer.Ordinal)];
        Vector3d[] positions = [.. slices.Select(s => s.Position!.Value)];
        return SliceSpacing.Of(positions, normal, [.. slices.Select(s => s.ThicknessMm)]) switch
        {
            Reading<SliceSpacing>.Not(var fault) => Not(fault),
            Reading<SliceSpacing>.Of(var spacing) when Drift(positions, normal, spacing) is var drift and > PlaceToleranceMm =>
                Not(string.Create(CultureInfo.InvariantCulture, $"slices are shifted sideways against each other by up to {drift:0.##} mm")),
            Reading<SliceSpacing>.Of(var spacing) => new Reading<SeriesGeometry>.Of(new SeriesGeometry(slices, GridOf(slices, along, down, spacing), normal, spacing.WidestMm)),
            var other => throw new System.Diagnostics.UnreachableException($"{other}"),
        };
    }

    // Made exactly perpendicular and of length one: they are written with few decimals, and a millimetre is told by Pixel Spacing alone.
    private static (Vector3d Along, Vector3d Down, Vector3d Normal)? Directions(SliceHeader slice)
    {
        var (along, down) = (slice.RowDirection!.Value, slice.ColumnDirection!.Value);
        if (Math.Abs(along.Length - 1) > UnitTolerance || Math.Abs(down.Length - 1) > UnitTolerance || Math.Abs(along.Dot(down)) > UnitTolerance) return null;
        var rotation = new Affine(along, down, along.Cross(down), default).Rotation();
        return (rotation.X, rotation.Y, rotation.Z);
    }

    private static Vector3d StepOf(Vector3d[] positions) => (positions[^1] - positions[0]) * (1.0 / (positions.Length - 1));

    /// <summary>Millimetres by which a slice lies beside the line from the first to the last.</summary>
    private static double Drift(Vector3d[] positions, Vector3d normal, SliceSpacing spacing)
    {
        var step = StepOf(positions);
        return positions.Select((place, k) => (place - positions[0] - (step * (spacing.Places?[k] ?? k))) is var d ? (d - (normal * d.Dot(normal))).Length : 0).Max();
    }

    private static VolumeGrid GridOf(SliceHeader[] slices, Vector3d along, Vector3d down, SliceSpacing spacing)
    {
        var (rows, columns) = slices[0].PixelSpacing!.Value;
        var toLps = new Affine(along * columns, down * rows, StepOf([.. slices.Select(s => s.Position!.Value)]), slices[0].Position!.Value);
        var grid = VolumeGrid.FromLps(new(slices[0].Pixels.Columns!.Value, slices[0].Pixels.Rows!.Value, slices.Length), toLps);
        return spacing.Places is { } places ? grid.WithSlicesAt(places) : grid;
    }

    private static string? Missing(IReadOnlyList<SliceHeader> headers)
    {
        string? Count(Func<SliceHeader, bool> lacks, string what) =>
            headers.Count(lacks) is var count and > 0 ? $"{count} of {headers.Count} slices have no usable {what}" : null;
        return Count(h => h.Pixels is not { Rows: > 0, Columns: > 0 }, "image size")
            ?? Count(h => h.PixelSpacing is not { Rows: > 0, Columns: > 0 } s || !double.IsFinite(s.Rows + s.Columns), "pixel spacing")
            ?? Count(h => h.Position is not { IsFinite: true }, "position")
            ?? Count(h => h.RowDirection is not { IsFinite: true } || h.ColumnDirection is not { IsFinite: true }, "orientation");
    }

    private static string? Disagreement(IReadOnlyList<SliceHeader> headers)
    {
        var first = headers[0];
        string? Differ(Func<SliceHeader, bool> same, string what) =>
            headers.All(same) ? null : $"slices disagree about {what}";
        return Differ(h => h.Pixels.Rows == first.Pixels.Rows && h.Pixels.Columns == first.Pixels.Columns, "the image size")
            ?? Differ(h => Near(h.RowDirection, first.RowDirection) && Near(h.ColumnDirection, first.ColumnDirection), "the orientation")
            ?? Differ(h => Near(h.PixelSpacing!.Value.Rows, first.PixelSpacing!.Value.Rows) && Near(h.PixelSpacing.Value.Columns, first.PixelSpacing.Value.Columns), "the pixel spacing");
    }

    private static bool Near(double a, double b) => Math.Abs(a - b) <= 1e-4 * b;

    private static bool Near(Vector3d? a, Vector3d? b) => (a!.Value - b!.Value).Length <= CosineTolerance;

    private static Reading<SeriesGeometry> Not(string because) => new Reading<SeriesGeometry>.Not(because);
}
