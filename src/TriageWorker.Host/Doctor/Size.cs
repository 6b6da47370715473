using System.Globalization;

namespace TriageWorker.Host.Doctor;

/// <summary>Bytes as people read them.</summary>
internal static class Size
{
    public static string Of(long bytes) => bytes >= 1L << 30
        ? string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 30):0.0} GB")
        : string.Create(CultureInfo.InvariantCulture, $"{bytes / (double)(1L << 20):0} MB");
}
