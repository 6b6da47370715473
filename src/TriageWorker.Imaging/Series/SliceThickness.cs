using System.Globalization;

namespace TriageWorker.Imaging.Series;

/// <summary>How thick slices are, beside how far they stand apart: thick ones blur what is small, thin ones far apart leave most of the body out.</summary>
internal static class SliceThickness
{
    private const double LeastShare = 0.5, Rounding = 1e-3, MattersFromMm = 3;

    /// <summary>Of the thickest slice; null when none says it.</summary>
    public static double? Of(SeriesGeometry geometry) => geometry.Slices.Max(slice => slice.ThicknessMm);

    /// <summary>A clause, or null when the slices show what lies between them well enough.</summary>
    public static string? Refuse(SeriesGeometry geometry, double maxMm)
    {
        if (geometry.WidestMm > maxMm) return Say($"slices stand {geometry.WidestMm:0.##} mm apart, {maxMm:0.##} mm at most are allowed");
        if (Of(geometry) is not { } thick) return null;
        if (thick > maxMm) return Say($"slices are {thick:0.##} mm thick, {maxMm:0.##} mm at most are allowed");
        return geometry.SpacingMm > MattersFromMm && thick < (geometry.SpacingMm * LeastShare) - Rounding
            ? Say($"slices of {thick:0.##} mm stand {geometry.SpacingMm:0.##} mm apart, so that most of the body between them was not imaged")
            : null;
    }

    private static string Say(FormattableString clause) => clause.ToString(CultureInfo.InvariantCulture);
}
