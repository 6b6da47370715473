using System.Globalization;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Times as the site reads them, with the zone beside.</summary>
internal sealed class SiteTimes(IOptions<SiteOptions> site)
{
    private readonly TimeZoneInfo _zone = site.Value.Zone ?? TimeZoneInfo.Utc;

    public string Say(DateTimeOffset at) => $"{TimeZoneInfo.ConvertTime(at, _zone).ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture)} {_zone.Id}";
}
