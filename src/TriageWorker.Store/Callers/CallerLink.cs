namespace TriageWorker.Store;

/// <summary>A caller's line as its last week shows it.</summary>
/// <param name="Day">Of the last 24 hours.</param>
/// <param name="Week">Of the last seven days.</param>
/// <param name="Hours">Those of the week with anything, the oldest first.</param>
/// <param name="Syntaxes">Of all the time that is known, the most first.</param>
public sealed record CallerLink(CallerRow Row, CallerVolume Day, CallerVolume Week, IReadOnlyList<CallerHour> Hours, IReadOnlyList<CallerSyntax> Syntaxes)
{
    public static readonly TimeSpan Looked = TimeSpan.FromDays(7);

    /// <summary>What verdicts rest on: the day, or the week where the day has too little.</summary>
    public CallerVolume Recent => Day.Objects >= LinkVerdicts.LeastObjects ? Day : Week;

    /// <summary>While it sends; null where too little came.</summary>
    public double? ObjectsPerSecond => Recent is { Objects: >= LinkVerdicts.LeastObjects } recent && recent.Times.Sum > TimeSpan.Zero ? recent.Objects / recent.Times.Sum.TotalSeconds : null;

    /// <summary>Between our answer and its next object; null where too little came.</summary>
    public TimeSpan? WaitPerImage => Recent is { Times.Waits: >= LinkVerdicts.LeastObjects } recent ? recent.Times.Waiting / recent.Times.Waits : null;

    /// <summary>What its line does, and what is to be done about it, where anything is.</summary>
    public IReadOnlyList<LinkVerdict> Verdicts => LinkVerdicts.Of(this);

    /// <summary>Every caller that is known, by title.</summary>
    public static async Task<IReadOnlyList<CallerLink>> ReadAsync(CallerStore store, CancellationToken stop)
    {
        var (now, rows) = (await store.NowAsync(stop), await store.ListAsync(stop));
        var hours = (await store.HoursAsync(null, Looked, stop)).ToLookup(hour => hour.Title, StringComparer.Ordinal);
        var syntaxes = (await store.SyntaxesAsync(stop)).ToLookup(syntax => syntax.Title, StringComparer.Ordinal);
        return [.. rows.Select(row => new CallerLink(row, Sum(hours[row.Who.Title].Where(hour => hour.Hour > now.AddDays(-1))), Sum(hours[row.Who.Title]),
            [.. hours[row.Who.Title]], [.. syntaxes[row.Who.Title]]))];
    }

    private static CallerVolume Sum(IEnumerable<CallerHour> hours) => hours.Aggregate(default(CallerVolume), (sum, hour) => sum + hour.Volume);
}
