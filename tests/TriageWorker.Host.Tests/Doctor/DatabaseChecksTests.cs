using Npgsql;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Doctor;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Host.Tests.Doctor;

public sealed class DatabaseChecksTests(PostgresServer current, Postgres15Server oldest) : IClassFixture<PostgresServer>, IClassFixture<Postgres15Server>, IDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private static SiteTimes Times => new(new SiteOptions { TimeZone = "Europe/Berlin" });

    public void Dispose() => _folder.Dispose();

    [Theory, InlineData(18), InlineData(15)]
    public async Task A_database_that_is_as_it_should_be_is_told_with_its_version(int version)
    {
        var options = new DatabaseOptions { ConnectionString = await (version == 15 ? oldest : current).CreateDatabaseAsync() };
        await using var door = new DatabaseDoor(options, Patience);
        var found = await RunAsync(new DatabaseCheck(door), new SchemaCheck(door), new DurabilityCheck(door), new ClockCheck(door, TimeProvider.System), new ConnectionsCheck(door, options),
            new DueWorkCheck(door, Times), new AlarmsCheck(door, Times));
        found.Select(each => each.Judgement).ShouldAllBe(judgement => judgement == Judgement.Ok);
        found[0].What.ShouldStartWith($"PostgreSQL {version}.");
        found[1].What.ShouldContain(Migration.Shipped[^1].Name);
    }

    [Fact]
    public async Task One_where_nobody_listens_is_a_fault_told_once()
    {
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = $"Host=127.0.0.1;Port={Loopback.FreePort()};Database=triage;Username=triage;Password=x" }, Patience);
        var only = (await RunAsync(new DatabaseCheck(door), new SchemaCheck(door), new DurabilityCheck(door), new ClockCheck(door, TimeProvider.System),
            new NodesCheck(door, Times), new DueWorkCheck(door, Times), new AlarmsCheck(door, Times))).ShouldHaveSingleItem();
        (only.Check, only.Judgement).ShouldBe(("database", Judgement.Fault));
        only.What.ShouldStartWith("The database does not answer");
    }

    [Fact]
    public async Task One_that_takes_the_connection_and_says_nothing_is_not_waited_for()
    {
        using var silent = new System.Net.Sockets.TcpListener(System.Net.IPAddress.Loopback, 0);
        silent.Start();
        var port = ((System.Net.IPEndPoint)silent.LocalEndpoint).Port;
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = $"Host=127.0.0.1;Port={port};Database=triage;Username=triage;Password=x" }, TimeSpan.FromMilliseconds(100));
        var found = await Examination.OfAsync([new DatabaseCheck(door), new SchemaCheck(door)], Patience, TimeProvider.System, Stop);
        found.ShouldHaveSingleItem().What.ShouldStartWith("The database does not answer");
    }

    [Fact]
    public async Task An_embedded_one_that_does_not_run_is_no_fault_and_is_not_started()
    {
        await using var door = new DatabaseDoor(new DatabaseOptions { Embedded = new() { Data = _folder.At("postgres") } }, Patience);
        var only = (await RunAsync(new DatabaseCheck(door), new SchemaCheck(door))).ShouldHaveSingleItem();
        only.Judgement.ShouldBe(Judgement.Warning);
        only.What.ShouldContain("has never been started");
        Directory.Exists(_folder.At("postgres")).ShouldBeFalse();
    }

    [Fact]
    public async Task A_schema_of_another_version_is_told_by_the_steps_that_are_missing_or_unknown()
    {
        await using var empty = new DatabaseDoor(new DatabaseOptions { ConnectionString = await current.CreateDatabaseAsync(empty: true) }, Patience);
        var missing = (await RunAsync(new SchemaCheck(empty), new NodesCheck(empty, Times), new AlarmsCheck(empty, Times))).ShouldHaveSingleItem();
        (missing.Judgement, missing.What).ShouldBe((Judgement.Warning, missing.What));
        missing.What.ShouldContain("0001_first_tables.sql");

        var newer = await current.CreateDatabaseAsync();
        await ExecuteAsync(newer, "insert into schema_migration (number, name, checksum) values (9999, '9999_future.sql', '')");
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = newer }, Patience);
        var unknown = (await RunAsync(new SchemaCheck(door))).ShouldHaveSingleItem();
        unknown.Judgement.ShouldBe(Judgement.Fault);
        unknown.What.ShouldContain("9999_future.sql");
    }

    [Fact]
    public async Task A_database_that_does_not_wait_for_its_commits_is_a_fault()
    {
        var connection = await current.CreateDatabaseAsync();
        await ExecuteAsync(connection, $"alter database {new NpgsqlConnectionStringBuilder(connection).Database} set synchronous_commit = off");
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = connection }, Patience);
        var only = (await RunAsync(new DurabilityCheck(door))).ShouldHaveSingleItem();
        (only.Judgement, only.What).ShouldBe((Judgement.Fault, "synchronous_commit is off: the database may lose what it has committed."));
    }

    [Fact]
    public async Task A_server_that_does_not_sync_is_a_fault()
    {
        await using var server = await UnsafePostgres.StartAsync();
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = server.ConnectionString }, Patience);
        (await RunAsync(new DurabilityCheck(door))).Select(each => (each.Judgement, each.What))
            .ShouldBe([(Judgement.Fault, "fsync is off: the database may lose what it has committed.")]);
    }

    [Fact]
    public async Task More_connections_than_the_server_has_are_a_warning()
    {
        var options = new DatabaseOptions { ConnectionString = await current.CreateDatabaseAsync(), MaxConnections = 1000 };
        await using var door = new DatabaseDoor(options, Patience);
        (await RunAsync(new ConnectionsCheck(door, options))).ShouldHaveSingleItem().Judgement.ShouldBe(Judgement.Warning);
    }

    [Fact]
    public async Task A_clock_that_is_an_hour_off_is_a_fault()
    {
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = await current.CreateDatabaseAsync() }, Patience);
        var only = (await RunAsync(new ClockCheck(door, new LateClock()))).ShouldHaveSingleItem();
        only.Judgement.ShouldBe(Judgement.Fault);
        only.What.ShouldMatch(@"^This machine's clock is -3[56]\d{5} ms from");
    }

    [Fact]
    public async Task Processes_are_told_those_that_fell_silent_and_the_stages_that_nobody_serves()
    {
        var connection = await current.CreateDatabaseAsync();
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = connection }, Patience);
        (await RunAsync(new NodesCheck(door, Times))).ShouldHaveSingleItem().What.ShouldBe("No process of the product is running.");

        await ExecuteAsync(connection,
            """
            insert into node (name, host, process_id, roles, slots, code_version, silent_after, seen_at) values
              ('a:1:x', 'a', 1, array['intake', 'jobs'], '{"Closing": 1}', '1', '1 hour', now()), ('b:1:y', 'b', 1, array['delivery'], '{"Delivery": 2}', '2', '1 hour', now()),
              ('c:1:z', 'c', 1, array['scoring'], '{"Scoring": 2}', '1', '15 seconds', now() - interval '1 minute')
            """);
        var found = (await RunAsync(new NodesCheck(door, Times))).Select(each => $"{each.Judgement} {each.What}").ToArray();
        found.ShouldContain(line => line.StartsWith("Warning c:1:z (scoring) is silent since", StringComparison.Ordinal));
        found.ShouldContain("Fault No process works on scoring.");
        found.ShouldContain(line => line.StartsWith("Ok b:1:y (delivery) runs since", StringComparison.Ordinal) && line.EndsWith(", 2 delivery slots.", StringComparison.Ordinal));
        found.ShouldContain(line => line.StartsWith("Warning Processes run different code", StringComparison.Ordinal));
        found.Length.ShouldBe(5);
    }

    [Fact]
    public async Task Work_that_nobody_does_and_open_alarms_are_told()
    {
        var connection = await current.CreateDatabaseAsync();
        await ExecuteAsync(connection,
            """
            insert into study (study_uid, caller, idle_time, first_received_at, last_received_at, last_indexed_at) values ('1.2', 'CT1', '5 seconds', now(), now(), now());
            insert into work (stage, key, study_uid, urgency, due_at) values ('scoring', '1.2', '1.2', now(), now() - interval '2 hours'), ('delivery', 'x', '1.2', now(), now() + interval '2 hours');
            insert into alarm (kind, subject, severity, sentence) values ('destination.down', 'pacs', 'critical', 'It does not answer.');
            """);
        await using var door = new DatabaseDoor(new DatabaseOptions { ConnectionString = connection }, Patience);
        var found = await RunAsync(new DueWorkCheck(door, Times), new AlarmsCheck(door, Times));
        found.Select(each => each.Judgement).ShouldBe([Judgement.Fault, Judgement.Fault]);
        found[0].What.ShouldStartWith("One row of scoring is due, the oldest since ");
        found[1].What.ShouldContain("destination.down (pacs)");
    }

    private static async Task<IReadOnlyList<Diagnosis>> RunAsync(params Check[] checks)
    {
        var found = new List<Diagnosis>();
        foreach (var check in checks) found.AddRange(await check.RunAsync(Stop));
        return found;
    }

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }

    private sealed class LateClock : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() - TimeSpan.FromHours(1);
    }
}
