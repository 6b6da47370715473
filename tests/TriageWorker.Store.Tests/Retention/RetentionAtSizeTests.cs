using Microsoft.Extensions.DependencyInjection;
using Npgsql;
using TriageWorker.Store.Tests.Journey;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Retention;

/// <summary>Retention takes its studies from among many by indexes alone: PostgreSQL itself counts how often a table was read from end to end.</summary>
public sealed class RetentionAtSizeTests(PostgresServer server)
{
    private const int Studies = 50_000; // of two images each

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task No_table_is_read_from_end_to_end_to_find_and_remove_the_oldest_studies()
    {
        await using var source = NpgsqlDataSource.Create(await server.CreateDatabaseAsync() + ";MaxPoolSize=1;NoResetOnClose=true");
        var services = new ServiceCollection();
        services.AddOptions().AddSingleton(TimeProvider.System).AddSingleton(NodeName.OfThisProcess).AddSingleton<OutboxSignal>();
        services.AddSingleton(provider => new Database(source, provider.GetRequiredService<OutboxSignal>())).AddStores();
        await using var provider = services.BuildServiceProvider();
        await ManyStudies.MakeAsync(source, Studies, Stop);
        var before = await ScansAsync(source);
        before["study"].ShouldBeGreaterThan(0, "making them read it, so the counting works");

        var (retention, removals, spool) = (provider.GetRequiredService<RetentionStore>(), provider.GetRequiredService<RemovalStore>(), Guid.NewGuid());
        var cutoff = await retention.BeforeAsync(TimeSpan.FromDays(1), Stop);
        var oldest = await retention.OldestAsync(null, cutoff, 100, Stop);
        oldest.Count.ShouldBe(100);
        oldest.ShouldAllBe(study => study.Held == null);
        (await retention.OldestAsync(oldest[^1], cutoff, 100, Stop)).Select(study => study.Uid).ShouldNotContain(oldest[^1].Uid);
        foreach (var study in oldest.Take(5))
            (await removals.RemoveAsync(study.Uid, spool, cutoff, _ => true, "they are old", Stop)).ShouldHaveSingleItem().Images.ShouldBe(2);
        var due = await removals.DueAsync(spool, 1000, Stop);
        await removals.ReferredAsync(spool, due, Stop);
        await removals.SettleAsync(spool, due, Stop);
        await provider.GetRequiredService<SpoolStateStore>().MissingAsync(Stop);
        await provider.GetRequiredService<SuspectStore>().NextAsync(spool, 16, Stop);
        (await provider.GetRequiredService<ReconcileStore>().KnownAsync(spool, [.. oldest.Take(100).Select(study => ($"{study.Uid}.1.1", new byte[32], "p"))], Stop)).ShouldBeEmpty();

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
