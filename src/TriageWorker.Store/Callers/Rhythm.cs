namespace TriageWorker.Store;

/// <summary>
/// How many studies a caller sends at each hour of the week, by the clock of the site: the mean of the weeks that are known, without the
/// best and the worst of them, so that neither a holiday nor a migration is taken for its habit.
/// </summary>
public sealed class Rhythm
{
    /// <summary>Older weeks say little of what it does now.</summary>
    public static readonly TimeSpan Remembered = TimeSpan.FromDays(56);

    private const int HoursOfWeek = 7 * 24, FewWeeks = 3;
    private readonly double[] _rates;
    private readonly TimeZoneInfo _zone;

    private Rhythm(double[] rates, TimeSpan learned, TimeZoneInfo zone) => (_rates, Learned, _zone) = (rates, learned, zone);

    /// <summary>From how long a time.</summary>
    public TimeSpan Learned { get; }

    /// <summary>Learns from what came in whole hours before now; an hour without a row had nothing.</summary>
    /// <param name="since">When the caller was first seen.</param>
    public static Rhythm Learn(IEnumerable<CallerHour> hours, DateTimeOffset since, DateTimeOffset now, TimeZoneInfo zone)
    {
        var until = FloorOf(now);
        var from = since < until - Remembered ? until - Remembered : FloorOf(since).AddHours(1);
        var studies = hours.ToDictionary(hour => hour.Hour.UtcTicks, hour => hour.Volume.Studies);
        var samples = new List<int>[HoursOfWeek];
        for (var i = 0; i < samples.Length; i++) samples[i] = [];
        // Hours are real ones: the one that the clock shows twice in autumn is two samples, the one that it leaves out in spring is none.
        for (var hour = from; hour < until; hour = hour.AddHours(1)) samples[SlotOf(hour, zone)].Add(studies.GetValueOrDefault(hour.UtcTicks));
        return new Rhythm([.. samples.Select(MiddleOf)], until > from ? until - from : TimeSpan.Zero, zone);
    }

    /// <summary>Studies an hour that are usual at this time.</summary>
    public double At(DateTimeOffset time) => _rates[SlotOf(time, _zone)];

    /// <summary>Studies that are usual between the two.</summary>
    public double Between(DateTimeOffset from, DateTimeOffset until)
    {
        if (until - from > Remembered) from = until - Remembered;
        var sum = 0.0;
        for (var at = from; at < until;)
        {
            var next = FloorOf(at).AddHours(1);
            if (next > until) next = until;
            sum += At(at) * (next - at).TotalHours;
            at = next;
        }

        return sum;
    }

    private static double MiddleOf(List<int> samples) =>
        samples.Count == 0 ? 0 : samples.Count <= FewWeeks ? samples.Average() : samples.Order().Skip(1).SkipLast(1).Average();

    private static int SlotOf(DateTimeOffset time, TimeZoneInfo zone)
    {
        var local = TimeZoneInfo.ConvertTime(time, zone);
        return (int)local.DayOfWeek * 24 + local.Hour;
    }

    private static DateTimeOffset FloorOf(DateTimeOffset time) => new(time.UtcTicks - time.UtcTicks % TimeSpan.TicksPerHour, TimeSpan.Zero);
}
