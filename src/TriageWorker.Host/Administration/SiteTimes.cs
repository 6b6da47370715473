using System.Globalization;
using TriageWorker.Store;

namespace TriageWorker.Host.Administration;

/// <summary>Times as verbs print them: in the site's zone, with its offset.</summary>
public sealed class SiteTimes(SiteOptions site)
{
    private readonly TimeZoneInfo _zone = site.Zone ?? TimeZoneInfo.Local;

    public string ZoneName => _zone.Id;

    public DateTimeOffset Here(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone);

    /// <summary><c>2025-03-01 14:05:09.123 +01:00</c>.</summary>
    public string Text(DateTimeOffset at) => Here(at).ToString("yyyy-MM-dd HH:mm:ss.fff zzz", CultureInfo.InvariantCulture);
}
