using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests.Audit;

/// <summary>Dumps by pg_dump 15, restored by pg_restore into other clusters, where transaction numbers start anew.</summary>
[Collection(typeof(HorizonTests))]
public sealed class EpochTests(PostgresServer current, Postgres15Server oldest) : IDisposable
{
    private const string Programs = "/usr/lib/postgresql/15";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private HeadFile Heads => new(_folder.At("heads.jsonl"));

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(18), InlineData(15)]
    public async Task A_dump_restored_into_another_cluster_goes_on_as_a_new_epoch_of_the_same_chain(int version)
    {
        var server = version == 15 ? new Postgres15Server() : null;
        if (server is not null) await server.InitializeAsync();
        try
        {
            var target = server ?? current;
            await using var before = await SomeLedger.OnAsync(oldest);
            await BurnAsync(before);
            await before.AppendAsync(12);
            Heads.Append(SealHead.Of(await before.SealAsync()));
            await before.AppendAsync(3, "test.left"); // not sealed when the dump is taken

            await using var after = await RestoreAsync(before, target);
            await after.AppendAsync(4, "test.after");
            await using (var open = await after.Database.BeginAsync(Stop))
            {
                await SomeLedger.AppendAsync(open, "test.open");
                await after.AppendAsync(2, "test.after");
                await after.SealAsync(isHeld: true);
                await open.CommitAsync(Stop);
            }
            var head = await after.SealAsync();

            head.Epoch.ShouldBe(2);
            var seals = await after.AllSealsAsync();
            seals.Select(seal => seal.Cluster).Distinct().Count().ShouldBe(2);
            seals.Where(seal => seal.Epoch == 1).Sum(seal => seal.Rows).ShouldBe(1 + 12 + 1 + 3);
            var opened = (await after.ListAsync("select detail->>'because' from audit where event = 'epoch.opened' order by id", row => row.GetString(0)));
            opened.Count.ShouldBe(2);
            opened[1].ShouldContain("another cluster");
            await after.ShouldBeSoundAsync(Heads);

            if (server is null) return; // pg_dump 15 takes nothing from a newer server
            await using var again = await RestoreAsync(after, oldest); // and back to where the numbers are great
            await again.AppendAsync(3);
            (await again.SealAsync()).Epoch.ShouldBe(3);
            await again.ShouldBeSoundAsync(Heads);
            await again.TamperAsync("delete from audit where event = 'test.left'");
            (await again.VerifyAsync(Heads)).Faults.ShouldHaveSingleItem().Kind.ShouldBe(LedgerFaultKind.MissingRow);
        }
        finally
        {
            if (server is not null) await server.DisposeAsync();
        }
    }

    [Fact]
    public async Task A_dump_restored_into_a_copy_of_its_cluster_goes_on_as_a_new_epoch_where_numbers_went_back()
    {
        string connection;
        await using (var made = Server("original"))
        {
            connection = await made.StartAsync(progress: null, Stop);
            await using var source = NpgsqlDataSource.Create(connection + ";Pooling=false");
            await new MigrationRunner(source).RunAsync(Stop);
        }

        (await ExternalTool.RunAsync("cp", "-a", _folder.At("original"), _folder.At("copy"))).Expect();
        await using var original = Server("original");
        await using var copy = Server("copy");
        await using var before = new SomeLedger(await original.StartAsync(progress: null, Stop) + ";Pooling=false");
        var there = await copy.StartAsync(progress: null, Stop);
        await BurnAsync(before);
        await before.AppendAsync(12);
        Heads.Append(SealHead.Of(await before.SealAsync()));
        await before.AppendAsync(3, "test.left");
        var last = (await before.AllSealsAsync())[^1].Last.Xid;

        await using var after = await RestoreAsync(before, await CreateAsync(there));
        await after.AppendAsync(4, "test.after");
        await after.SealAsync();

        var head = await after.SealAsync();
        (head.Epoch, head.Cluster).ShouldBe((2, (await after.AllSealsAsync())[0].Cluster));
        head.Last.Xid.ShouldBeLessThan(last);
        (await after.ListAsync("select detail->>'because' from audit where event = 'epoch.opened' order by id", row => row.GetString(0)))[^1].ShouldContain("went back");
        await after.ShouldBeSoundAsync(Heads);

        await BurnAsync(after, upTo: last + 10); // past all the numbers of the first epoch
        await after.AppendAsync(7);
        (await after.SealAsync()).Epoch.ShouldBe(2);
        await after.ShouldBeSoundAsync(Heads);
    }

    [Fact]
    public async Task A_ledger_that_was_never_sealed_is_sealed_where_it_was_restored()
    {
        await using var before = await SomeLedger.OnAsync(oldest);
        await before.AppendAsync(6);

        await using var after = await RestoreAsync(before, current);
        await after.AppendAsync(2);
        await after.SealAsync();

        (await after.AllSealsAsync()).Select(seal => (seal.Epoch, seal.Rows)).ShouldBe([(1, 5), (1, 2), (2, 3), (2, 1)]);
        await after.ShouldBeSoundAsync();
    }

    private EmbeddedPostgres Server(string name) => new(
        Options.Create(new DatabaseOptions { Embedded = new() { Data = _folder.At(name), Binaries = Programs } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);

    private async Task<SomeLedger> RestoreAsync(SomeLedger ledger, PostgresServer target) => await RestoreAsync(ledger, await target.CreateDatabaseAsync(empty: true));

    private async Task<SomeLedger> RestoreAsync(SomeLedger ledger, string target)
    {
        var dump = _folder.At($"{Guid.NewGuid():N}.dump");
        await RunAsync("pg_dump", ledger.ConnectionString, "--format=custom", "--no-owner", $"--file={dump}");
        await RunAsync("pg_restore", target, "--no-owner", "--exit-on-error", dump);
        return new SomeLedger(target);
    }

    private static async Task RunAsync(string program, string connectionString, params string[] arguments)
    {
        var server = new NpgsqlConnectionStringBuilder(connectionString);
        (await ExternalTool.RunAsync(Path.Combine(Programs, "bin", program), [$"--host={server.Host}", $"--port={server.Port}", $"--username={server.Username}", $"--dbname={server.Database}", .. arguments],
            new Dictionary<string, string> { ["PGPASSWORD"] = server.Password! })).Expect();
    }

    private static async Task<string> CreateAsync(string connectionString)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await connection.ExecuteAsync("create database restored template template0", [], Stop);
        return new NpgsqlConnectionStringBuilder(connectionString) { Database = "restored", Pooling = false }.ConnectionString;
    }

    /// <summary>Lets the cluster count on.</summary>
    private static Task BurnAsync(SomeLedger ledger, ulong upTo = 20_000) => ledger.ExecuteAsync(
        $"do $$ begin while pg_current_xact_id() < '{upTo}'::xid8 loop commit; end loop; end $$");
}
