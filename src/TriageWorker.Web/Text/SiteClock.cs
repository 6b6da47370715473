using System.Globalization;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>Times as the site reads them: its own time zone, the date only where it is not today.</summary>
internal sealed class SiteClock(TimeProvider time, IOptions<SiteOptions> site)
{
    private readonly TimeZoneInfo _zone = site.Value.Zone ?? TimeZoneInfo.Local;

    public DateTimeOffset Now => time.GetUtcNow();

    /// <summary><c>14:05</c> today, <c>06-30 14:05</c> this year, <c>2024-06-30 14:05</c> before.</summary>
    public string Short(DateTimeOffset at)
    {
        var (local, today) = (Local(at), Local(Now));
        var format = local.Date == today.Date ? "HH:mm" : local.Year == today.Year ? "MM-dd HH:mm" : "yyyy-MM-dd HH:mm";
        return local.ToString(format, CultureInfo.InvariantCulture);
    }

    /// <summary><c>2025-03-01 14:05:09.123</c>; the zone stands once on the page.</summary>
    public string Full(DateTimeOffset at) => Local(at).ToString("yyyy-MM-dd HH:mm:ss.fff", CultureInfo.InvariantCulture);

    /// <summary><c>2025-03-01</c></summary>
    public string Day(DateTimeOffset at) => Local(at).ToString("yyyy-MM-dd", CultureInfo.InvariantCulture);

    /// <summary>When the day began, some days ago.</summary>
    public DateTimeOffset Midnight(int daysAgo)
    {
        var date = Local(Now).Date.AddDays(-daysAgo);
        return new DateTimeOffset(date, _zone.GetUtcOffset(date));
    }

    public string ZoneName => _zone.Id;

    public string Waited(DateTimeOffset since) => Span(Now - since);

    /// <summary>Two leading units: <c>42 s</c>, <c>5 min</c>, <c>3 h 07 min</c>, <c>2 d 4 h</c>. live.js counts on the same way.</summary>
    public static string Span(TimeSpan span)
    {
        if (span < TimeSpan.Zero) span = TimeSpan.Zero;
        return string.Create(CultureInfo.InvariantCulture, $"{span switch
        {
            { TotalMinutes: < 1 } => $"{(int)span.TotalSeconds} s",
            { TotalHours: < 1 } => $"{(int)span.TotalMinutes} min",
            { TotalDays: < 1 } => $"{(int)span.TotalHours} h {span.Minutes:00} min",
            _ => $"{(int)span.TotalDays} d {span.Hours} h",
        }}");
    }

    private DateTimeOffset Local(DateTimeOffset at) => TimeZoneInfo.ConvertTime(at, _zone);
}
