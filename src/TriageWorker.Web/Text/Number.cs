using System.Globalization;

namespace TriageWorker.Web;

/// <summary>Scores with a fixed number of places, so that columns align; a score that is no number is said as such.</summary>
internal static class Number
{
    public static string Two(double value) => Fixed(value, "0.00");

    /// <summary>Of a finding: a difference of cosines, where the third place decides.</summary>
    public static string Four(double value) => Fixed(value, "0.0000");

    private static string Fixed(double value, string format) =>
        double.IsFinite(value) ? value.ToString(format, CultureInfo.InvariantCulture).Replace('-', '\u2212') : "no number";
}
