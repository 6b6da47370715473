using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Journey;

/// <summary>A study is found among many by indexes alone: PostgreSQL itself counts how often a table was read from end to end.</summary>
public sealed class JourneyAtSizeTests(PostgresServer server)
{
    private const int Studies = 20_000;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_table_that_grows_with_the_studies_is_read_from_end_to_end()
    {
        await using var source = NpgsqlDataSource.Create(await server.CreateDatabaseAsync() + ";MaxPoolSize=1;NoResetOnClose=true");
        var services = new ServiceCollection();
        services.AddOptions().AddSingleton(TimeProvider.System).AddSingleton(NodeName.OfThisProcess).AddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new Database(source, provider.GetRequiredService<OutboxSignal>())).AddStores();
        await using var provider = services.BuildServiceProvider();
        await ManyStudies.MakeAsync(source, Studies, Stop);
        var before = await ScansAsync(source);
        before["study"].ShouldBeGreaterThan(0, "making them read it, so the counting works");

        var journey = await provider.GetRequiredService<StudyJourneyStore>().FindAsync(new StudyUid("1.2.777"), Stop);
        (await provider.GetRequiredService<StudyStore>().LookUpAsync("ACC4711", Stop)).ShouldHaveSingleItem();
        (await provider.GetRequiredService<StudyStore>().LookUpAsync("nothing", Stop)).ShouldBeEmpty();
        await provider.GetRequiredService<AbsenceStore>().ReadAsync(Stop);

        journey!.Page.Deliveries.ShouldHaveSingleItem();
        journey.Page.Work.Count.ShouldBe(3);
        journey.Page.Associations.ShouldHaveSingleItem();
        var after = await ScansAsync(source);
        ManyStudies.Tables.Where(table => after[table] != before[table]).ShouldBeEmpty("these were read from end to end");
    }

    private static async Task<Dictionary<string, long>> ScansAsync(NpgsqlDataSource source)
    {
        await using var connection = await source.OpenConnectionAsync(Stop);
        await connection.ExecuteAsync("select pg_stat_force_next_flush()", [], Stop); // what this session has counted
        await connection.ExecuteAsync("select pg_stat_clear_snapshot()", [], Stop);
        return (await connection.ListAsync("select relname, seq_scan from pg_stat_user_tables", [], row => (row.GetString(0), row.GetInt64(1)), Stop)).ToDictionary();
    }
}
