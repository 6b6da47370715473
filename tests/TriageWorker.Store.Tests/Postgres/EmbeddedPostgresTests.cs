using System.Diagnostics;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class EmbeddedPostgresTests : IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();
    private readonly List<Process> _hosts = [];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    private string Data => _folder.At("data");

    public ValueTask InitializeAsync()
    {
        // The account without rights that runs the server must reach it; the data folder itself is closed.
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute | UnixFileMode.GroupExecute | UnixFileMode.OtherExecute);
        return ValueTask.CompletedTask;
    }

    public async ValueTask DisposeAsync()
    {
        foreach (var host in _hosts)
        {
            if (!host.HasExited) host.Kill();
            await host.WaitForExitAsync(CancellationToken.None); // and with it its lock
            host.Dispose();
        }
        if (File.Exists(Path.Combine(Data, "data", "postmaster.pid")))
            await using (var left = Server()) await left.StartAsync(progress: null, CancellationToken.None); // and stopped again
        _folder.Dispose();
    }

    [Fact]
    public async Task It_is_made_once_keeps_its_data_over_a_restart_syncs_and_listens_on_loopback_with_a_password_only()
    {
        var steps = new List<string>();
        await using (var server = Server())
        {
            var connection = await server.StartAsync(new Steps(steps), Stop);
            await ExecuteAsync(connection, "create table kept (n integer); insert into kept values (42)");
            foreach (var setting in new[] { "fsync", "synchronous_commit", "full_page_writes", "data_checksums" })
                (await ReadAsync<string>(connection, $"select current_setting('{setting}')")).ShouldBe("on");
            (await ReadAsync<string>(connection, "select current_setting('listen_addresses')")).ShouldBe("127.0.0.1");
            (await ReadAsync<string>(connection, "select current_setting('unix_socket_directories')")).ShouldBe("");
            var guess = new NpgsqlConnectionStringBuilder(connection) { Password = "guess" }.ConnectionString;
            (await Should.ThrowAsync<PostgresException>(() => ReadAsync<int>(guess, "select 1"))).SqlState.ShouldBe(PostgresErrorCodes.InvalidPassword);
        }
        File.GetUnixFileMode(Path.Combine(Data, "password")).ShouldBe(UnixFileMode.UserRead | UnixFileMode.UserWrite);
        steps.ShouldBe(["Making the database (first start only).", "Starting the database."]);

        await using var again = Server();
        (await ReadAsync<int>(await again.StartAsync(new Steps(steps), Stop), "select n from kept")).ShouldBe(42);
        steps.Count.ShouldBe(3);
    }

    [Fact]
    public async Task Stopping_is_clean()
    {
        await using var server = Server();
        var connection = await server.StartAsync(progress: null, Stop);

        await server.StopAsync();

        await Should.ThrowAsync<NpgsqlException>(() => ReadAsync<int>(connection, "select 1"));
        File.Exists(Path.Combine(Data, "data", "postmaster.pid")).ShouldBeFalse();
        (await File.ReadAllTextAsync(Path.Combine(Data, "server.log"), Stop)).ShouldContain("database system is shut down");
    }

    [Fact]
    public async Task A_killed_host_leaves_its_server_and_the_next_one_takes_it_over_with_all_data()
    {
        var (host, connection) = await StartHostAsync();
        await ExecuteAsync(connection, "create table kept (n integer); insert into kept values (42)");
        var pid = await ServerPidAsync();
        host.Kill(); // SIGKILL, to the host alone
        await host.WaitForExitAsync(Stop);

        await using var next = Server();
        var found = await next.StartAsync(progress: null, Stop);

        next.ProcessId.ShouldBe(pid);
        (await ReadAsync<int>(found, "select n from kept")).ShouldBe(42);
        await next.StopAsync();
        File.Exists(Path.Combine(Data, "data", "postmaster.pid")).ShouldBeFalse();
    }

    [Fact]
    public async Task Host_and_server_killed_together_recover_what_was_committed()
    {
        var (host, connection) = await StartHostAsync();
        await ExecuteAsync(connection, "create table kept (n integer); insert into kept values (42)");
        host.Kill();
        using (var postmaster = Process.GetProcessById(await ServerPidAsync())) postmaster.Kill();
        await host.WaitForExitAsync(Stop);

        await using var next = Server();

        (await ReadAsync<int>(await next.StartAsync(progress: null, Stop), "select n from kept")).ShouldBe(42);
    }

    [Fact]
    public async Task Two_hosts_on_one_folder_are_refused_with_the_reason()
    {
        await StartHostAsync();
        await using var second = Server();

        var error = await Should.ThrowAsync<EmbeddedPostgresException>(() => second.StartAsync(progress: null, Stop));

        error.Message.ShouldContain("Another triage process uses the database");
    }

    [Fact]
    public async Task A_stale_file_that_names_a_living_stranger_and_a_half_made_database_do_not_hinder()
    {
        Directory.CreateDirectory(Path.Combine(Data, "data.new", "base"));
        await using (var server = Server()) await server.StartAsync(progress: null, Stop);
        await File.WriteAllTextAsync(Path.Combine(Data, "data", "postmaster.pid"), $"{Environment.ProcessId}\n{Data}/data\n0\n1\n\n127.0.0.1\n", Stop);

        await using var next = Server();
        await next.StartAsync(progress: null, Stop);

        next.ProcessId.ShouldNotBe(Environment.ProcessId);
    }

    [Fact]
    public async Task Missing_binaries_and_a_missing_password_are_said_with_what_to_do()
    {
        await using var nowhere = Server(new() { Data = Data, Binaries = _folder.Path });
        (await Should.ThrowAsync<EmbeddedPostgresException>(() => nowhere.StartAsync(progress: null, Stop))).Message.ShouldContain("Database:Embedded:Binaries");
        await using (var server = Server()) await server.StartAsync(progress: null, Stop);
        File.Delete(Path.Combine(Data, "password"));

        await using var next = Server();
        (await Should.ThrowAsync<EmbeddedPostgresException>(() => next.StartAsync(progress: null, Stop))).Message.ShouldContain("password is missing");
    }

    [Fact]
    public async Task A_folder_that_the_servers_account_cannot_reach_is_answered_by_living_elsewhere()
    {
        Assert.SkipUnless(Environment.UserName == "root", "Only root hands the server to another account.");
        File.SetUnixFileMode(_folder.Path, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        using var open = new TemporaryFolder();
        File.SetUnixFileMode(open.Path, (UnixFileMode)0b111_001_001);
        var options = new EmbeddedPostgresOptions { Data = Data, Reachable = open.Path };
        string connection;
        await using (var server = Server(options))
        {
            connection = await server.StartAsync(progress: null, Stop);
            await ExecuteAsync(connection, "create table kept (n integer); insert into kept values (42)");
        }

        (await File.ReadAllTextAsync(Path.Combine(Data, "LIVES-ELSEWHERE"), Stop)).ShouldStartWith(open.Path);
        await using var again = Server(options);
        (await ReadAsync<int>(await again.StartAsync(progress: null, Stop), "select n from kept")).ShouldBe(42);
    }

    private EmbeddedPostgres Server() => Server(new() { Data = Data });

    private static EmbeddedPostgres Server(EmbeddedPostgresOptions options) =>
        new(Options.Create(new DatabaseOptions { Embedded = options }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);

    private async Task<(Process Host, string Connection)> StartHostAsync()
    {
        var host = Process.Start(new ProcessStartInfo(Environment.ProcessPath!, ["host", Data]) { RedirectStandardOutput = true, RedirectStandardInput = true })!;
        _hosts.Add(host);
        return (host, (await host.StandardOutput.ReadLineAsync(Stop)).ShouldNotBeNull());
    }

    private async Task<int> ServerPidAsync() =>
        int.Parse((await File.ReadAllLinesAsync(Path.Combine(Data, "data", "postmaster.pid"), Stop))[0], System.Globalization.CultureInfo.InvariantCulture);

    private static async Task ExecuteAsync(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, [], Stop);
    }

    private static async Task<T> ReadAsync<T>(string connectionString, string sql)
    {
        await using var connection = new NpgsqlConnection(connectionString + ";Pooling=false");
        await connection.OpenAsync(Stop);
        return (await connection.ListAsync(sql, [], row => row.GetFieldValue<T>(0), Stop)).Single();
    }

    private sealed class Steps(List<string> steps) : IProgress<string>
    {
        public void Report(string value) => steps.Add(value);
    }
}
