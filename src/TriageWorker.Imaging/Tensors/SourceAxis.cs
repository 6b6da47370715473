namespace TriageWorker.Imaging.Tensors;

/// <summary>One axis of the image: its voxels and, where slices stand at uneven distances, the place of each. Outside the image its border is held.</summary>
/// <param name="HalfUp">Which voxel is the nearest half way between two: the higher one, as torch's interpolate (nearest-exact) takes it, or the even one, as its grid_sample does.</param>
internal sealed record SourceAxis(int Length, IReadOnlyList<double>? Places, Interpolation Interpolation, bool HalfUp)
{
    public AxisTap Tap(double place)
    {
        var held = Math.Clamp(place, 0, Length - 1);
        var low = Places is null ? (int)held : LastUpTo(held, Places);
        var high = Math.Min(low + 1, Length - 1);
        var share = Places is null ? held - low : high == low ? 0 : (held - Places[low]) / (Places[high] - Places[low]);
        if (Interpolation == Interpolation.Linear) return new AxisTap(low, high, (float)share);
        var nearest = share > 0.5 || (share == 0.5 && (HalfUp || int.IsOddInteger(low))) ? high : low;
        return new AxisTap(nearest, nearest, 0);
    }

    private static int LastUpTo(double place, IReadOnlyList<double> places)
    {
        var (low, high) = (0, places.Count - 1);
        while (low < high)
        {
            var middle = (low + high + 1) / 2;
            if (places[middle] <= place) low = middle;
            else high = middle - 1;
        }

        return low;
    }
}
