using System.Globalization;

namespace TriageWorker.Delivery;

/// <summary>
/// Which clock a document's dates and times are read on. Timezone Offset From UTC (0008,0201) governs all of them, the copied
/// ones too (PS3.3, C.12.1.1.8): so it is the images' own, else the site's, else it is not written.
/// </summary>
/// <param name="Written">The value of (0008,0201); null: not written.</param>
internal sealed record SiteTime(TimeSpan Offset, string? Written)
{
    internal static SiteTime Of(string? imageOffset, TimeZoneInfo? site, DateTimeOffset moment)
    {
        if (TryParse(imageOffset, out var offset)) return new SiteTime(offset, imageOffset);
        if (site is null) return new SiteTime(TimeZoneInfo.Local.GetUtcOffset(moment), null);
        offset = site.GetUtcOffset(moment);
        var sign = offset < TimeSpan.Zero ? '-' : '+';
        return new SiteTime(offset, sign + offset.ToString("hhmm", CultureInfo.InvariantCulture));
    }

    internal string Date(DateTimeOffset moment) => moment.ToOffset(Offset).ToString("yyyyMMdd", CultureInfo.InvariantCulture);

    internal string Time(DateTimeOffset moment) => moment.ToOffset(Offset).ToString("HHmmss.ffffff", CultureInfo.InvariantCulture);

    internal string DateAndTime(DateTimeOffset moment) => Date(moment) + Time(moment);

    private static bool TryParse(string? text, out TimeSpan offset)
    {
        offset = default;
        if (text is not ['+' or '-', _, _, _, _] || !TimeSpan.TryParseExact(text[1..], "hhmm", CultureInfo.InvariantCulture, out var size)) return false;
        offset = text[0] == '-' ? -size : size;
        return size <= TimeSpan.FromHours(14);
    }
}
