using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests.Silence;

/// <summary>A scanner of weeks that are lived hour by hour; then one whose rows are in a database.</summary>
public sealed class SilentCallersTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static readonly TimeZoneInfo Berlin = TimeZoneInfo.FindSystemTimeZoneById("Europe/Berlin");

    private static readonly SilenceOptions Usual = new();

    // A Monday, ten weeks before the clocks go back on Sunday 25 October 2026.
    private static readonly DateTimeOffset Begin = new(2026, 8, 17, 0, 0, 0, TimeSpan.FromHours(2));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void Twelve_weeks_with_nights_weekends_and_the_end_of_summer_time_raise_nothing(int seed)
    {
        var life = new Life(seed);
        for (var hour = 0; hour < 12 * 168; hour++)
        {
            life.Live(isSending: true);
            life.Trouble().ShouldBeNull($"{TimeZoneInfo.ConvertTime(life.Now, Berlin):dddd yyyy-MM-dd HH:mm zzz}");
        }
    }

    [Theory]
    [InlineData("2026-09-15 09:00"), InlineData("2026-10-26 09:00"), InlineData("2026-10-30 08:00")] // a Tuesday; the Monday and the Friday after the clocks went back
    public void One_that_stops_on_a_working_morning_is_told_of_within_two_hours_and_is_over_when_it_sends(string stops)
    {
        var life = new Life(seed: 7);
        var at = AtBerlin(stops);
        while (life.Now < at) life.Live(isSending: true);
        var quietSince = life.LastObjectAt!.Value;
        var hours = 0;
        while (life.Trouble() is null)
        {
            life.Live(isSending: false);
            (++hours).ShouldBeLessThanOrEqualTo(2);
        }

        life.Trouble()!.Sentence.ShouldStartWith($"CT 2 has sent nothing since {TimeZoneInfo.ConvertTime(quietSince, Berlin):HH:mm}; at this hour of a {at:dddd} it usually sends ");
        life.Live(isSending: true);
        life.Trouble().ShouldBeNull();
    }

    [Fact]
    public void One_that_stops_on_Friday_night_is_missed_on_Monday_and_not_before()
    {
        var life = new Life(seed: 8);
        while (life.Now < AtBerlin("2026-09-18 19:00")) life.Live(isSending: true);
        while (life.Now < AtBerlin("2026-09-21 07:00"))
        {
            life.Live(isSending: false);
            life.Trouble().ShouldBeNull();
        }

        while (life.Now < AtBerlin("2026-09-21 09:00")) life.Live(isSending: false);
        life.Trouble().ShouldNotBeNull().Sentence.ShouldContain("since Friday, 2026-09-18 ");
    }

    [Fact]
    public void Before_three_weeks_are_known_nothing_is_said()
    {
        var life = new Life(seed: 9);
        while (life.Now < Begin.AddDays(16).AddHours(10)) life.Live(isSending: true);
        for (var hour = 0; hour < 8; hour++)
        {
            life.Live(isSending: false);
            life.Trouble().ShouldBeNull();
        }
    }

    [Fact]
    public void A_week_without_and_a_week_with_ten_times_as_much_change_what_is_usual_little()
    {
        var hours = new List<CallerHour>();
        for (var hour = 0; hour < 8 * 168; hour++) hours.Add(Hour(Begin.AddHours(hour), (hour / 168) switch { 2 => 0, 5 => 40, _ => 4 }));
        var rhythm = Rhythm.Learn(hours, Begin.AddHours(-1), Begin.AddDays(56), TimeZoneInfo.Utc);
        rhythm.At(Begin).ShouldBe(4);
        rhythm.Between(Begin.AddDays(56), Begin.AddDays(56).AddMinutes(90)).ShouldBe(6, 1e-9);
    }

    [Fact]
    public void The_hour_that_the_clock_shows_twice_and_the_one_that_it_leaves_out_are_hours_as_they_are()
    {
        // Four studies each Sunday between two and three, as the clock has it.
        List<CallerHour> hours = [];
        for (var at = Begin; at < Begin.AddDays(7 * 35); at = at.AddHours(1))
            if (TimeZoneInfo.ConvertTime(at, Berlin) is { DayOfWeek: DayOfWeek.Sunday, Hour: 2 }) hours.Add(Hour(at, 4));
        var autumn = Rhythm.Learn(hours, Begin, AtBerlin("2026-11-02 00:00"), Berlin);
        autumn.Between(AtBerlin("2026-11-01 00:00"), AtBerlin("2026-11-02 00:00")).ShouldBe(4, 1e-9);
        autumn.Between(AtBerlin("2026-10-25 00:00"), AtBerlin("2026-10-26 00:00")).ShouldBe(8, 1e-9); // it was there twice
        var spring = Rhythm.Learn(hours, Begin, AtBerlin("2027-04-05 00:00"), Berlin);
        spring.Between(AtBerlin("2027-03-28 00:00"), AtBerlin("2027-03-29 00:00")).ShouldBe(0); // not at all
        spring.Between(AtBerlin("2027-04-04 00:00"), AtBerlin("2027-04-05 00:00")).ShouldBe(4, 1e-9);
    }

    [Fact]
    public async Task It_is_an_alarm_of_the_product_until_the_caller_sends_again()
    {
        await ExecuteAsync("delete from caller; insert into caller (title, name, peer_address, implementation, secured, pdu_taken, first_at, last_object_at) values ('CT2', 'CT 2', '10.0.0.2', 'V', false, 0, now() - interval '40 days', now() - interval '5 hours')");
        await ExecuteAsync("insert into caller_hour select 'CT2', date_trunc('hour', now(), 'UTC') - n * interval '1 hour', 1, 0, 3, 300, 0, 1, 0, 0, 0, 0, 0, 0 from generate_series(5, 900) n");
        var silent = new SilentCallers(new CallerStore(postgres.Database), Options.Create(Usual), Options.Create(new SiteOptions { TimeZone = "Europe/Berlin" }));
        var troubled = (await silent.LookAsync(Stop)).ShouldHaveSingleItem();
        (troubled.Kind, troubled.Subject, troubled.Trouble!.Severity).ShouldBe(("caller.silent", "CT2", AlarmSeverity.Warning));
        troubled.Trouble.Sentence.ShouldContain("it usually sends 3 studies an hour, and since then 15 were to be expected.");

        await ExecuteAsync("update caller set last_object_at = now()");
        var well = (await silent.LookAsync(Stop)).ShouldHaveSingleItem();
        (well.Trouble, well.Over).ShouldBe((null, "CT 2 sends again."));

        await ExecuteAsync("update caller set last_object_at = now() - interval '5 hours'");
        var off = new SilentCallers(new CallerStore(postgres.Database), Options.Create(Usual with { Enabled = false }), Options.Create(new SiteOptions()));
        (await off.LookAsync(Stop)).ShouldBeEmpty();
    }

    private static CallerHour Hour(DateTimeOffset at, int studies) => new("CT2", at.ToUniversalTime(), new CallerVolume { Studies = studies, Objects = studies * 100 });

    private static DateTimeOffset AtBerlin(string text)
    {
        var local = DateTime.Parse(text, System.Globalization.CultureInfo.InvariantCulture);
        return new DateTimeOffset(local, Berlin.GetUtcOffset(local));
    }

    private async Task ExecuteAsync(string sql)
    {
        await using var connection = await postgres.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }

    /// <summary>A busy scanner: some fourteen studies an hour on working days, a few on Saturday mornings, none at night and on Sundays; each hour drawn.</summary>
    private sealed class Life(int seed)
    {
        private readonly Random _chance = new(seed);
        private readonly List<CallerHour> _hours = [];
        private Rhythm? _rhythm;

        public DateTimeOffset Now { get; private set; } = Begin;

        public DateTimeOffset? LastObjectAt { get; private set; }

        public void Live(bool isSending)
        {
            var local = TimeZoneInfo.ConvertTime(Now, Berlin);
            var rate = local switch
            {
                { DayOfWeek: DayOfWeek.Sunday } or { Hour: < 7 or >= 19 } => 0,
                { DayOfWeek: DayOfWeek.Saturday } => local.Hour is >= 9 and < 12 ? 2 : 0,
                _ => 14.0,
            };
            var studies = isSending ? Drawn(rate) : 0;
            if (studies > 0)
            {
                _hours.Add(Hour(Now, studies));
                LastObjectAt = Now.AddMinutes(30 + _chance.Next(30));
            }

            Now = Now.AddHours(1);
            if (Now.Hour % 6 == 0) _rhythm = null; // learning is dear, and what is usual does not change by the hour
        }

        public Alarm? Trouble() => SilentCallers.TroubleOf(new CallerRow(new("CT2", "CT 2", "", "", false, 0, 0), Begin, Now, LastObjectAt, null, null),
            _rhythm ??= Rhythm.Learn(_hours, Begin, Now, Berlin), Now, Berlin, Usual);

        // Poisson, after Knuth.
        private int Drawn(double rate)
        {
            var (count, product, limit) = (0, _chance.NextDouble(), Math.Exp(-rate));
            for (; product > limit; count++) product *= _chance.NextDouble();
            return count;
        }
    }
}
