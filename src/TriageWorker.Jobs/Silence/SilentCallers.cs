using System.Globalization;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Jobs;

/// <summary>Scanners that have gone quiet at a time at which they usually send: a cable, a full queue, a setting that was changed. All times are the database's.</summary>
internal sealed class SilentCallers(CallerStore callers, IOptions<SilenceOptions> options, IOptions<SiteOptions> site) : IWatched
{
    public const string Kind = "caller.silent";

    private readonly TimeZoneInfo _zone = site.Value.Zone ?? TimeZoneInfo.Local;
    private Dictionary<string, Rhythm> _rhythms = [];
    private DateTimeOffset _learnedAt;

    public async ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop)
    {
        if (!options.Value.Enabled) return [];
        var (now, rows) = (await callers.NowAsync(stop), await callers.ListAsync(stop));
        if (now - _learnedAt >= TimeSpan.FromHours(1) || rows.Any(row => !_rhythms.ContainsKey(row.Who.Title))) await LearnAsync(rows, now, stop);
        return [.. rows.Select(row => TroubleOf(row, _rhythms[row.Who.Title], now, _zone, options.Value) is { } trouble
            ? Watched.Troubled(trouble, Over(row))
            : Watched.Well(Kind, row.Who.Title, row.LastObjectAt > now.AddHours(-1) ? Over(row) : $"{row.Called} is not expected to send as much any more as its silence lasts."))];
    }

    /// <returns>Null while its silence means nothing.</returns>
    internal static Alarm? TroubleOf(CallerRow row, Rhythm rhythm, DateTimeOffset now, TimeZoneInfo zone, SilenceOptions options)
    {
        if (row.LastObjectAt is not { } last || rhythm.Learned < TimeSpan.FromDays(7 * options.AfterWeeks)) return null;
        var expected = rhythm.Between(last, now);
        return expected < options.Studies ? null : new Alarm(Kind, row.Who.Title, AlarmSeverity.Warning, string.Create(CultureInfo.InvariantCulture,
            $"{row.Called} has sent nothing since {Moment(last, now, zone)}; at this hour of a {TimeZoneInfo.ConvertTime(now, zone):dddd} it usually sends {Rate(rhythm.At(now))}, and since then {expected:0} were to be expected. ")
            + $"Look at the scanner, its send queue and the network; \"triage callers {row.Who.Title}\" says what came lately.");
    }

    private static string Over(CallerRow row) => $"{row.Called} sends again.";

    private static string Rate(double rate) => rate < 0.05 ? "none" : string.Create(CultureInfo.InvariantCulture, $"{rate:0.#} studies an hour");

    private static string Moment(DateTimeOffset at, DateTimeOffset now, TimeZoneInfo zone)
    {
        var (local, today) = (TimeZoneInfo.ConvertTime(at, zone), TimeZoneInfo.ConvertTime(now, zone));
        return local.ToString(local.Date == today.Date ? "HH:mm" : "dddd, yyyy-MM-dd HH:mm", CultureInfo.InvariantCulture);
    }

    private async Task LearnAsync(IReadOnlyList<CallerRow> rows, DateTimeOffset now, CancellationToken stop)
    {
        var hours = (await callers.HoursAsync(null, Rhythm.Remembered + TimeSpan.FromHours(1), stop)).ToLookup(hour => hour.Title, StringComparer.Ordinal);
        _rhythms = rows.ToDictionary(row => row.Who.Title, row => Rhythm.Learn(hours[row.Who.Title], row.FirstAt, now, _zone), StringComparer.Ordinal);
        _learnedAt = now;
    }
}
