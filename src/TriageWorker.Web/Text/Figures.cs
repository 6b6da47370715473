using System.Globalization;

namespace TriageWorker.Web;

/// <summary>Amounts and rates as people read them; what is not known is a dash.</summary>
internal static class Figures
{
    private const string Unknown = "–";

    public static string Megabytes(long bytes) => (bytes / 1e6).ToString(bytes < 10_000_000 ? "0.0" : "0", CultureInfo.InvariantCulture);

    public static string Kilobytes(uint bytes, string none) => bytes == 0 ? none : string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024.0:0.#} KB");

    public static string Rate(double? perSecond) => perSecond is { } rate ? rate.ToString(rate < 10 ? "0.0" : "0", CultureInfo.InvariantCulture) : Unknown;

    public static string Milliseconds(double? time) => time is { } ms ? string.Create(CultureInfo.InvariantCulture, $"{ms:0.#} ms") : Unknown;
}
