using System.Globalization;

namespace TriageWorker.Web;

/// <summary>Positions as they are spoken: 1st, 2nd, 3rd, 11th.</summary>
internal static class Ordinal
{
    public static string Of(long number) => number.ToString(CultureInfo.InvariantCulture) + ((number % 100) is >= 11 and <= 13 ? "th" : (number % 10) switch
    {
        1 => "st",
        2 => "nd",
        3 => "rd",
        _ => "th",
    });
}
