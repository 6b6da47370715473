using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Audit;

[Collection(typeof(HorizonTests))]
public sealed class HorizonStoreTests(PostgresServer server)
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_holds_sealing_back_is_named_also_from_another_database()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        (await new HorizonStore(ledger.Database).FindAsync(Stop)).ShouldBeNull();
        await using var holder = new NpgsqlConnection(await server.CreateDatabaseAsync(empty: true) + ";Application Name=nightly report;Pooling=false");
        await holder.OpenAsync(Stop);
        await using var transaction = await holder.BeginTransactionAsync(Stop);
        await holder.ExecuteAsync("select pg_current_xact_id()", [], Stop);
        await ledger.AppendAsync(1);

        var held = (await new HorizonStore(ledger.Database).FindAsync(Stop)).ShouldNotBeNull();

        held.Holder.ShouldSatisfyAllConditions(() => held.Holder.ShouldContain($"process {holder.ProcessID} "), () => held.Holder.ShouldContain("application \"nightly report\""));
        held.Age.ShouldBeGreaterThan(TimeSpan.Zero);
        (await ledger.Seals.SealNextAsync(Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task Who_only_reads_for_long_holds_nothing_back()
    {
        await using var ledger = await SomeLedger.SealedAsync(server);
        await using var reader = new NpgsqlConnection(ledger.ConnectionString);
        await reader.OpenAsync(Stop);
        await using var transaction = await reader.BeginTransactionAsync(System.Data.IsolationLevel.RepeatableRead, Stop);
        await reader.ExecuteAsync("select count(*) from audit", [], Stop);
        await ledger.AppendAsync(1);

        (await ledger.SealAsync()).Total.ShouldBe(26);
    }

    [Fact]
    public async Task A_prepared_transaction_that_was_forgotten_is_named()
    {
        using var folder = new TemporaryFolder();
        await using var server = new EmbeddedPostgres(
            Options.Create(new DatabaseOptions { Embedded = new() { Data = folder.At("postgres") } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        await using (var first = new SomeLedger(await server.StartAsync(progress: null, Stop) + ";Pooling=false")) await first.ExecuteAsync("alter system set max_prepared_transactions = 2");
        await server.StopAsync();
        var connectionString = await server.StartAsync(progress: null, Stop) + ";Pooling=false";
        await using (var source = NpgsqlDataSource.Create(connectionString)) await new MigrationRunner(source).RunAsync(Stop);
        await using var ledger = new SomeLedger(connectionString);
        await ledger.SealAsync();
        await using var holder = new NpgsqlConnection(connectionString);
        await holder.OpenAsync(Stop);
        await holder.ExecuteAsync("begin", [], Stop);
        await holder.ExecuteAsync("select pg_current_xact_id()", [], Stop);
        await holder.ExecuteAsync("prepare transaction 'of the old interface'", [], Stop);
        await ledger.AppendAsync(1);

        (await new HorizonStore(ledger.Database).FindAsync(Stop)).ShouldNotBeNull().Holder.ShouldContain("the prepared transaction \"of the old interface\" (owner triage");

        await holder.ExecuteAsync("rollback prepared 'of the old interface'", [], Stop);
        (await ledger.SealAsync()).Total.ShouldBe(3);
        await ledger.ShouldBeSoundAsync();
    }
}
