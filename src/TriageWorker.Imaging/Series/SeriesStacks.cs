using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// Tells apart the stacks that one series may hold: frames of several Stack IDs, several orientations or sizes, or several
/// acquisitions or phases of the same places (arterial and venous under one UID). Nothing is told apart by order or by guess.
/// </summary>
internal static class SeriesStacks
{
    private const double SamePlaceMm = 0.01, CosineTolerance = 1e-3;

    /// <returns>Largest first.</returns>
    public static IReadOnlyList<SliceHeader[]> Of(IReadOnlyList<SliceHeader> slices) =>
        [.. Alike(slices).SelectMany(ByAcquisition).OrderByDescending(stack => stack.Length)];

    private static List<List<SliceHeader>> Alike(IReadOnlyList<SliceHeader> slices)
    {
        var stacks = new List<List<SliceHeader>>();
        foreach (var slice in slices)
        {
            if (stacks.Find(stack => IsAlike(stack[0], slice)) is { } known) known.Add(slice);
            else stacks.Add([slice]);
        }

        return stacks;
    }

    private static bool IsAlike(SliceHeader one, SliceHeader other) =>
        one.Stack == other.Stack && one.Pixels.Rows == other.Pixels.Rows && one.Pixels.Columns == other.Pixels.Columns
        && IsNear(one.RowDirection, other.RowDirection) && IsNear(one.ColumnDirection, other.ColumnDirection);

    private static bool IsNear(Vector3d? one, Vector3d? other) => one is { } a && other is { } b ? !((a - b).Length > CosineTolerance) : one is null == other is null;

    // One acquisition may also take several numbers for one sweep, so they only count where places come twice, and where they explain each of them.
    private static IEnumerable<SliceHeader[]> ByAcquisition(List<SliceHeader> stack)
    {
        if (!HasPlaceTwice(stack)) return [[.. stack]];
        SliceHeader[][] acquisitions = [.. stack.GroupBy(slice => (slice.Acquisition, slice.Phase)).Select(acquisition => acquisition.ToArray())];
        return acquisitions.Length > 1 && acquisitions.All(acquisition => acquisition.Length > 1 && !HasPlaceTwice(acquisition)) ? acquisitions : [[.. stack]];
    }

    private static bool HasPlaceTwice(IReadOnlyCollection<SliceHeader> slices)
    {
        if (slices.Any(slice => slice is not { Position.IsFinite: true, RowDirection: not null, ColumnDirection: not null })) return false;
        var normal = slices.First().RowDirection!.Value.Cross(slices.First().ColumnDirection!.Value);
        double[] places = [.. slices.Select(slice => slice.Position!.Value.Dot(normal)).Order()];
        return places.Zip(places.Skip(1), (a, b) => b - a).Any(step => step <= SamePlaceMm);
    }
}
