using System.Globalization;

namespace TriageWorker.Store;

/// <summary>When images leave a spool, in words.</summary>
public static class RetentionRule
{
    public static string Sentence(RetentionOptions retention, SpoolOptions spool)
    {
        if (spool.Archive) return "This spool is an archive (Spool:Archive): nothing is ever removed.";
        if (!retention.IsOn) return "Nothing is removed: neither Retention:Days nor Retention:StartBelowFreeBytes is set.";
        var age = retention.Days > 0 ? $"Images go {(retention.Days == 1 ? "one day" : $"{retention.Days} days")} after the last of their study came." : "";
        var room = retention.StartBelowFreeBytes > 0
            ? $"With less than {Size(retention.StartBelowFreeBytes)} free the oldest studies go, until {Size(retention.Until)} are free." : "";
        return $"{age} {room}".Trim();
    }

    public static string Size(long bytes) => string.Create(CultureInfo.InvariantCulture, $"{bytes switch
    {
        >= 10_000_000_000 => $"{bytes / 1e9:0} GB",
        >= 1_000_000_000 => $"{bytes / 1e9:0.0} GB",
        >= 1_000_000 => $"{bytes / 1e6:0} MB",
        _ => $"{bytes / 1e3:0} kB",
    }}");
}
