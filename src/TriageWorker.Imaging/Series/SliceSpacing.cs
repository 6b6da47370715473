using System.Globalization;
using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Series;

/// <summary>What is wrong with the places of slices along their normal.</summary>
internal static class SliceSpacing
{
    private const double SamePlaceMm = 0.01, Share = 0.05, RoundingMm = 0.02;
    private const int Named = 5;

    /// <summary>A clause, or null when the slices stand at even distances.</summary>
    /// <param name="positions">Where the slices lie, in LPS, in order along their normal.</param>
    /// <param name="normal">Of length one.</param>
    public static string? Fault(Vector3d[] positions, Vector3d normal)
    {
        if (positions.Length < 2) return "a single slice is no volume";
        double[] distances = [.. positions.Zip(positions.Skip(1), (a, b) => (b - a).Dot(normal))];
        if (distances.All(d => d <= SamePlaceMm)) return $"all {positions.Length} slices lie at one place";
        var doubled = distances.Count(d => d <= SamePlaceMm);
        if (doubled > 0) return $"{doubled} of {positions.Length} slices lie at the place of another slice";

        var usual = distances.Order().ElementAt(distances.Length / 2);
        var tolerance = Math.Max(usual * Share, RoundingMm);
        var missing = new List<Vector3d>();
        for (var n = 0; n < distances.Length; n++)
        {
            var steps = Math.Round(distances[n] / usual);
            if (steps < 1 || steps > 10_000 || Math.Abs(distances[n] - (steps * usual)) > tolerance * steps)
                return string.Create(CultureInfo.InvariantCulture, $"the distance between slices is uneven ({distances.Min():0.##} to {distances.Max():0.##} mm)");
            for (var step = 1; step < steps; step++) missing.Add(positions[n] + ((positions[n + 1] - positions[n]) * (step / steps)));
        }

        return missing.Count == 0 ? null : Missing(missing, positions.Length + missing.Count, normal);
    }

    private static string Missing(List<Vector3d> missing, int expected, Vector3d normal)
    {
        var axis = Enumerable.Range(0, 3).MaxBy(a => Math.Abs(normal[a]));
        var named = string.Join(", ", missing.Take(Named).Select(place => string.Create(CultureInfo.InvariantCulture, $"{place[axis]:0.0}")));
        var verb = missing.Count == 1 ? "is" : "are";
        return $"{missing.Count} of {expected} slices {verb} missing at {"xyz"[axis]} = {named}{(missing.Count > Named ? ", …" : "")} mm";
    }
}
