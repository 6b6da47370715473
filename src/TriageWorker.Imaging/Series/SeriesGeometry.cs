using System.Globalization;
using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// The grid on which a series' slices lie (PS3.3 C.7.6.2), slices in order along the normal. Only what the headers prove:
/// a gap, a second slice at one place or a drift is a reason, never smoothed over.
/// </summary>
public sealed record SeriesGeometry
{
    private const double CosineTolerance = 1e-3, PlaceToleranceMm = 0.1;

    private SeriesGeometry(IReadOnlyList<SliceHeader> slices, VolumeGrid grid, Vector3d normal) =>
        (Slices, Grid, Normal) = (slices, grid, normal);

    public IReadOnlyList<SliceHeader> Slices { get; }

    public VolumeGrid Grid { get; }

    /// <summary>Of the slice planes, LPS, of length one.</summary>
    public Vector3d Normal { get; }

    public double SpacingMm => Math.Abs(Step.Dot(Normal));

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
        var first = headers[0];
        var (along, down) = (first.RowDirection!.Value, first.ColumnDirection!.Value);
        if (Math.Abs(along.Length - 1) > 0.01 || Math.Abs(down.Length - 1) > 0.01 || Math.Abs(along.Dot(down)) > 0.01)
            return Not("the image orientation is not two perpendicular directions");
        var normal = along.Cross(down);
        normal *= 1 / normal.Length;

        SliceHeader[] slices = [.. headers.OrderBy(h => h.Position!.Value.Dot(normal)).ThenBy(h => h.SopUid, StringComparer.Ordinal)];
        if (SliceSpacing.Fault([.. slices.Select(s => s.Position!.Value)], normal) is { } fault) return Not(fault);

        var step = (slices[^1].Position!.Value - slices[0].Position!.Value) * (1.0 / (slices.Length - 1));
        var drift = slices.Select((s, k) => (s.Position!.Value - slices[0].Position!.Value - (step * k)) is var d ? (d - (normal * d.Dot(normal))).Length : 0).Max();
        if (drift > PlaceToleranceMm) return Not(string.Create(CultureInfo.InvariantCulture, $"slices are shifted sideways against each other by up to {drift:0.##} mm"));

        var (rows, columns) = first.PixelSpacing!.Value;
        var toLps = new Affine(along * columns, down * rows, step, slices[0].Position!.Value);
        return new Reading<SeriesGeometry>.Of(new SeriesGeometry(slices, VolumeGrid.FromLps(new(first.Pixels.Columns!.Value, first.Pixels.Rows!.Value, slices.Length), toLps), normal));
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
