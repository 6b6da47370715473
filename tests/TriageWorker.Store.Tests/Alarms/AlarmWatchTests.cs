using Microsoft.Extensions.Logging.Abstractions;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Alarms;

public sealed class AlarmWatchTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private readonly string _subject = Guid.NewGuid().ToString();
    private readonly DrivenTime _time = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Trouble_is_raised_when_it_is_seen_counted_each_minute_and_cleared_when_it_is_over()
    {
        var source = new SomePart(_subject);
        var watch = Watch(source);
        await watch.LookAsync(Stop);
        (await OpenAsync()).ShouldBeNull();

        source.IsTroubled = true;
        await watch.LookAsync(Stop);
        _time.Advance(TimeSpan.FromSeconds(59));
        await watch.LookAsync(Stop);
        (await OpenAsync())?.Times.ShouldBe(1);
        _time.Advance(TimeSpan.FromSeconds(1));
        await watch.LookAsync(Stop);
        (await OpenAsync())?.Times.ShouldBe(2);

        source.IsTroubled = false;
        await watch.LookAsync(Stop);
        await watch.LookAsync(Stop);
        (await OpenAsync()).ShouldBeNull();
        (await fixture.CountAsync("alarm where subject = $1 and cleared_because = 'It is well.'", _subject)).ShouldBe(1);
    }

    [Fact]
    public async Task What_a_process_that_ended_left_open_is_cleared_by_the_next_one_that_is_well()
    {
        await fixture.Get<AlarmStore>().SetAsync(SomePart.Trouble(_subject), Stop);

        await Watch(new SomePart(_subject)).LookAsync(Stop);

        (await OpenAsync()).ShouldBeNull();
    }

    [Fact]
    public async Task While_the_database_is_away_nothing_is_forgotten_and_once_it_is_back_that_too_is_told()
    {
        await using var source = NpgsqlDataSource.Create(fixture.ConnectionString + ";Pooling=false");
        await using var database = new Database(source, new OutboxSignal());
        var watch = new AlarmWatch([new SomePart(_subject) { IsTroubled = true }], new AlarmStore(database, NodeName.OfThisProcess), _time, NullLogger<AlarmWatch>.Instance);
        await LetInAsync(false);
        await watch.LookAsync(Stop);
        _time.Advance(TimeSpan.FromMinutes(2));
        await watch.LookAsync(Stop);
        await LetInAsync(true);
        (await OpenAsync()).ShouldBeNull();

        await watch.LookAsync(Stop);

        (await OpenAsync()).ShouldNotBeNull();
        var told = (await fixture.Get<AlarmStore>().NewestAsync(10, Stop)).First(row => row.Alarm.Kind == AlarmWatch.DatabaseAway);
        told.ClearedBecause.ShouldBe("It answers again.");
        told.Alarm.Sentence.ShouldContain("for 120 s");
    }

    private async Task LetInAsync(bool allowed)
    {
        var settings = new NpgsqlConnectionStringBuilder(fixture.ConnectionString);
        var name = settings.Database;
        (settings.Database, settings.Pooling) = ("postgres", false);
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync(Stop);
        await connection.ExecuteAsync($"alter database {name} with allow_connections {allowed}", [], Stop);
    }

    private AlarmWatch Watch(IWatched source) => new([source], fixture.Get<AlarmStore>(), _time, NullLogger<AlarmWatch>.Instance);

    private async Task<AlarmRow?> OpenAsync() => (await fixture.Get<AlarmStore>().OpenAsync(Stop)).SingleOrDefault(row => row.Alarm.Subject == _subject);

    private sealed class SomePart(string subject) : IWatched
    {
        public bool IsTroubled { get; set; }

        public static Alarm Trouble(string subject) => new("test.part", subject, AlarmSeverity.Warning, "It is broken.");

        public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) => ValueTask.FromResult<IReadOnlyList<Watched>>(
            [IsTroubled ? Watched.Troubled(Trouble(subject), "It is well.") : Watched.Well("test.part", subject, "It is well.")]);
    }
}
