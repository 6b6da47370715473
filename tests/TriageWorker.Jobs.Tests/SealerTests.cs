using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Jobs.Tests;

/// <summary>The oldest transaction of the whole server matters to them, so no others run beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class HorizonTests;

[Collection(typeof(HorizonTests))]
public sealed class SealerTests(PostgresServer server) : IAsyncLifetime
{
    private static readonly NodeName Node = new("test:1");
    private readonly TemporaryFolder _folder = new();
    private readonly DrivenTime _clock = new();
    private Database? _database;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private Database Database => _database ?? throw new InvalidOperationException("Not started.");

    private SealStore Seals => new(Database, Node);

    private HeadFile Heads => new(_folder.At("heads.jsonl"));

    public async ValueTask InitializeAsync()
    {
        _database = new Database(NpgsqlDataSource.Create(await server.CreateDatabaseAsync()), new OutboxSignal());
        while ((await Seals.HeadAsync(Stop))?.Total != 2) await Seals.SealNextAsync(Stop); // the naming of the installation, the opening of the epoch
    }

    public async ValueTask DisposeAsync()
    {
        if (_database is not null) await _database.DisposeAsync();
        _folder.Dispose();
    }

    [Fact]
    public async Task The_newest_seal_is_told_at_once_and_then_each_minute_when_it_is_another()
    {
        using var sealer = Sealer();
        (await sealer.SealAsync(Stop)).ShouldBe(0);
        (await HeadsAsync()).Select(head => head.Rows).ShouldBe([2]);

        await AppendAsync();
        _clock.Advance(TimeSpan.FromSeconds(59));
        (await sealer.SealAsync(Stop)).ShouldBe(1);
        (await HeadsAsync()).Count.ShouldBe(1);
        _clock.Advance(TimeSpan.FromSeconds(1));
        (await sealer.SealAsync(Stop)).ShouldBe(0);
        (await HeadsAsync()).Select(head => head.Rows).ShouldBe([2, 3]);
        _clock.Advance(TimeSpan.FromMinutes(1));
        await sealer.SealAsync(Stop);

        (await HeadsAsync()).Count.ShouldBe(2);
        (await HeadsAsync())[^1].ShouldBe(SealHead.Of((await Seals.HeadAsync(Stop)).ShouldNotBeNull()));
    }

    [Fact]
    public async Task A_transaction_that_holds_sealing_back_is_an_alarm_that_names_it_and_ends_with_it()
    {
        using var sealer = Sealer(new AuditOptions { OverdueAfter = TimeSpan.Zero });
        await sealer.SealAsync(Stop);
        await using (var holder = await Database.BeginAsync(Stop))
        {
            await holder.Connection.ExecuteAsync("set local application_name = 'nightly report'; select pg_current_xact_id()", [], Stop);
            await AppendAsync(isHeld: true);
            await sealer.SealAsync(Stop);

            var alarm = (await Alarms.OpenAsync(Stop)).ShouldHaveSingleItem().Alarm;
            alarm.Kind.ShouldBe("audit.horizon");
            alarm.Sentence.ShouldContain($"process {holder.Connection.ProcessID} ");
            alarm.Sentence.ShouldContain("nightly report");
        }

        await sealer.SealAsync(Stop);
        (await Alarms.OpenAsync(Stop)).ShouldBeEmpty();
    }

    [Theory, InlineData(true), InlineData(false)]
    public async Task A_tail_that_was_cut_is_an_alarm_at_the_next_look_also_after_a_new_start(bool isNewStart)
    {
        using var sealer = Sealer();
        await AppendAsync();
        await sealer.SealAsync(Stop);
        await using (var connection = await Database.OpenAsync(Stop))
            await connection.ExecuteAsync("alter table audit_seal disable trigger all; delete from audit_seal where seq > 2; alter table audit_seal enable trigger all", [], Stop);
        await AppendAsync(); // whose seal takes the number of the one that is gone

        using var next = Sealer();
        await (isNewStart ? next : sealer).SealAsync(Stop);

        var alarm = (await Alarms.OpenAsync(Stop)).ShouldHaveSingleItem().Alarm;
        (alarm.Kind, alarm.Severity).ShouldBe(("audit.tail", AlarmSeverity.Critical));
        alarm.Sentence.ShouldContain("seal 3 ");
    }

    [Fact]
    public async Task A_head_file_that_cannot_be_written_is_an_alarm_and_sealing_goes_on()
    {
        using var sealer = Sealer(heads: new HeadFile("/dev/full"));
        await sealer.SealAsync(Stop);
        (await Alarms.OpenAsync(Stop)).ShouldHaveSingleItem().Alarm.Kind.ShouldBe("audit.head");
        await AppendAsync();
        (await sealer.SealAsync(Stop)).ShouldBeGreaterThan(0);

        using var mended = Sealer();
        await mended.SealAsync(Stop);
        (await Alarms.OpenAsync(Stop)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_happened_up_to_the_stop_is_sealed_and_told_with_it()
    {
        using var sealer = Sealer();
        await sealer.StartAsync(Stop);
        for (var i = 0; i < 3; i++) await AppendAsync();

        await sealer.StopAsync(Stop);

        var head = (await Seals.HeadAsync(Stop)).ShouldNotBeNull();
        head.Total.ShouldBe(5);
        (await HeadsAsync())[^1].ShouldBe(SealHead.Of(head));
    }

    private AlarmStore Alarms => new(Database, Node);

    private Sealer Sealer(AuditOptions? options = null, HeadFile? heads = null) =>
        new(Database, Seals, new HorizonStore(Database), Alarms, heads ?? Heads, Options.Create(options ?? new AuditOptions()), _clock, NullLogger<Sealer>.Instance);

    /// <summary>Adds a row; unless it is held back, it can be sealed when this returns.</summary>
    private async Task AppendAsync(bool isHeld = false)
    {
        await using var transaction = await Database.BeginAsync(Stop);
        await AuditLedger.AppendAsync(transaction, new("tester", "test.happened"), Stop);
        await transaction.CommitAsync(Stop);
        await using var connection = await Database.OpenAsync(Stop);
        while (!isHeld && !await connection.FirstAsync("select max(xid) < pg_snapshot_xmin(pg_current_snapshot()) from audit", [], row => row.GetBoolean(0), Stop)) await Task.Delay(20, Stop);
    }

    private async Task<List<SealHead>> HeadsAsync()
    {
        var read = new List<SealHead>();
        await foreach (var head in Heads.ReadAsync(Heads.Length, Stop)) read.Add(head.ShouldNotBeNull());
        return read;
    }
}
