using System.Globalization;
using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Series;

/// <summary>
/// How slices stand along their normal. Even ones make a grid as they are. Uneven ones are taken where they stand, if nothing is missing
/// between them: a distance is the usual one to a twentieth, or one of a run of such distances that the slices' own thickness fills.
/// </summary>
/// <param name="Places">Of each slice from the first to the last, in steps of their mean distance; null when they are even.</param>
/// <param name="WidestMm">The largest distance between two neighbours.</param>
internal sealed record SliceSpacing(double[]? Places, double WidestMm)
{
    /// <summary>So far from its even place a slice may stand: positions are often written with one decimal.</summary>
    internal const double EvenWithinMm = 0.1;

    private const double SamePlaceMm = 0.01, Share = 0.05, RoundingMm = 0.02;
    private const int Named = 5, LeastRun = 3;

    /// <param name="positions">Where the slices lie, in LPS, in order along their normal.</param>
    /// <param name="normal">Of length one.</param>
    /// <param name="thickness">Of each slice; null where it is not given.</param>
    /// <returns>Or a clause that says what is missing or wrong.</returns>
    public static Reading<SliceSpacing> Of(Vector3d[] positions, Vector3d normal, double?[] thickness)
    {
        if (positions.Length < 2) return Not("a single slice is no volume");
        double[] heights = [.. positions.Select(position => (position - positions[0]).Dot(normal))];
        double[] distances = [.. heights.Zip(heights.Skip(1), (a, b) => b - a)];
        if (distances.All(d => d <= SamePlaceMm)) return Not($"all {positions.Length} slices lie at one place");
        var doubled = distances.Count(d => d <= SamePlaceMm);
        if (doubled > 0) return Not($"{doubled} of {positions.Length} slices lie at the place of another slice");

        var mean = heights[^1] / distances.Length;
        if (heights.Index().All(slice => Math.Abs(slice.Item - (slice.Index * mean)) <= EvenWithinMm)) return new Reading<SliceSpacing>.Of(new(null, mean));
        if (Fault(positions, normal, distances, thickness) is { } fault) return Not(fault);
        return new Reading<SliceSpacing>.Of(new([.. heights.Select((height, k) => k == distances.Length ? k : height / mean)], distances.Max()));
    }

    private static string? Fault(Vector3d[] positions, Vector3d normal, double[] distances, double?[] thickness)
    {
        var usual = distances.Order().ElementAt(distances.Length / 2);
        var missing = new List<Vector3d>();
        for (var n = 0; n < distances.Length; n++)
        {
            if (IsLike(distances[n], usual) || IsFilled(distances, n, thickness)) continue;
            var steps = Math.Round(distances[n] / usual);
            if (steps is < 2 or > 10_000 || Math.Abs(distances[n] - (steps * usual)) > Tolerance(usual) * steps)
            {
                return string.Create(CultureInfo.InvariantCulture,
                    $"the distance between slices is uneven ({distances.Min():0.##} to {distances.Max():0.##} mm) and no slice thickness shows that nothing is missing");
            }

            for (var step = 1; step < steps; step++) missing.Add(positions[n] + ((positions[n + 1] - positions[n]) * (step / steps)));
        }

        return missing.Count == 0 ? null : Missing(missing, positions.Length + missing.Count, normal);
    }

    private static double Tolerance(double distance) => Math.Max(distance * Share, RoundingMm);

    private static bool IsLike(double distance, double other) => Math.Abs(distance - other) <= Tolerance(other);

    // One wide distance is a slice that was lost; several alike in a row are how the scan was made, and so is one from such a run to a different one.
    private static bool IsFilled(double[] distances, int n, double?[] thickness)
    {
        if (!(distances[n] <= Math.Max(thickness[n] ?? 0, thickness[n + 1] ?? 0) + Tolerance(distances[n]))) return false;
        return RunBefore(distances, n) + RunAfter(distances, n) - 1 >= LeastRun
            || (RunBefore(distances, n - 1) >= LeastRun && RunAfter(distances, n + 1) >= LeastRun && LiesBetween(distances[n], distances[n - 1], distances[n + 1]));
    }

    private static bool LiesBetween(double distance, double before, double after) =>
        !IsLike(before, after) && distance >= Math.Min(before, after) && distance <= Math.Max(before, after);

    private static int RunBefore(double[] distances, int n)
    {
        var first = n;
        while (first >= 0 && IsLike(distances[first], distances[n])) first--;
        return n - first;
    }

    private static int RunAfter(double[] distances, int n)
    {
        var last = n;
        while (last < distances.Length && IsLike(distances[last], distances[n])) last++;
        return last - n;
    }

    private static string Missing(List<Vector3d> missing, int expected, Vector3d normal)
    {
        var axis = Enumerable.Range(0, 3).MaxBy(a => Math.Abs(normal[a]));
        var named = string.Join(", ", missing.Take(Named).Select(place => string.Create(CultureInfo.InvariantCulture, $"{place[axis]:0.0}")));
        var verb = missing.Count == 1 ? "is" : "are";
        return $"{missing.Count} of {expected} slices {verb} missing at {"xyz"[axis]} = {named}{(missing.Count > Named ? ", …" : "")} mm";
    }

    private static Reading<SliceSpacing> Not(string because) => new Reading<SliceSpacing>.Not(because);
}
