using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>
/// A PostgreSQL server of our own on loopback: made on first use, started and stopped with the host. A host that was
/// killed leaves its server running; the next one takes it over.
/// </summary>
public sealed partial class EmbeddedPostgres(IOptions<DatabaseOptions> settings, TimeProvider clock, ILogger<EmbeddedPostgres> log) : IAsyncDisposable
{
    private const string Owner = "triage";
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);
    private ServerFolder? _folder;
    private ServerUser? _user;
    private NpgsqlConnectionStringBuilder? _connection;
    private int _pid;

    // Read when it starts, not when it is composed, so that wrong settings are told together.
    private EmbeddedPostgresOptions Options => settings.Value.Embedded;

    /// <summary>The process of the server; 0 before the start and after the stop.</summary>
    public int ProcessId => _pid;

    /// <summary>Starts or takes over the server, and makes the database. Ready to connect when it returns.</summary>
    /// <returns>An Npgsql connection string, password included.</returns>
    /// <exception cref="EmbeddedPostgresException">It cannot run here, or another host uses the folder.</exception>
    public async Task<string> StartAsync(IProgress<string>? progress, CancellationToken stop)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stop);
        deadline.CancelAfter(Options.StartWithin);
        try
        {
            _user = ServerUser.Choose();
            _folder = await ServerFolder.OpenAsync(Options, _user, progress, deadline.Token);
            var password = await _folder.PasswordAsync(deadline.Token);
            if (!Directory.Exists(_folder.Data)) await InitialiseAsync(_folder, _user, password, progress, deadline.Token);
            _connection = await TakeOverAsync(_folder, password, deadline.Token);
            if (_connection is null)
            {
                progress?.Report("Starting the database.");
                _connection = await LaunchAsync(_folder, _user, Options.Port, password, deadline.Token);
            }
            await CreateDatabaseAsync(_connection, deadline.Token);
            return new NpgsqlConnectionStringBuilder(_connection.ConnectionString) { Database = Options.Database }.ConnectionString;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new EmbeddedPostgresException($"The database was not ready within {Options.StartWithin.TotalSeconds:0} s. {Tail()}");
        }
    }

    /// <summary>Starts the server again, on the same port, whenever it dies, until <paramref name="stop"/>.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        var (folder, user, connection) = (_folder, _user, _connection);
        if (folder is null || user is null || connection is null) throw new InvalidOperationException("The database has not been started.");
        using var timer = new PeriodicTimer(Watch, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (ServerProcess.Serves(_pid, folder.Data)) continue;
            LogDied(_pid, Tail());
            try
            {
                while (ServerProcess.AnyServes(folder.Data)) await Task.Delay(Look, clock, stop);
                File.Delete(PostmasterFile.In(folder.Data));
                await LaunchAsync(folder, user, connection.Port, connection.Password!, stop);
            }
            catch (EmbeddedPostgresException error)
            {
                LogStillDead(error.Message); // and tried again at the next look
            }
        }
    }

    /// <summary>Stops the server: fast, and if that takes too long, at once (the next start then recovers from its log).</summary>
    public async Task StopAsync()
    {
        if (_pid != 0 && _folder is not null)
        {
            Signals.Send(_pid, Signals.Interrupt);
            if (!await EndedAsync(_folder.Data, Options.StopWithin))
            {
                Signals.Send(_pid, Signals.Quit);
                await EndedAsync(_folder.Data, Options.StopWithin);
            }
            LogStopped(_pid);
            _pid = 0;
        }
        _folder?.Dispose();
        _folder = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    private static async Task InitialiseAsync(ServerFolder folder, ServerUser user, string password, IProgress<string>? progress, CancellationToken stop)
    {
        progress?.Report("Making the database (first start only).");
        // Made beside its place and moved there when it is whole: a half-made folder is never taken for a database.
        var part = folder.Data + ".new";
        var passwordFile = folder.Data + ".password";
        if (Directory.Exists(part)) Directory.Delete(part, recursive: true);
        Directory.CreateDirectory(part, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await ServerFolder.WritePrivatelyAsync(passwordFile, password, stop);
        await user.OwnAsync(part, stop);
        await user.OwnAsync(passwordFile, stop);
        try
        {
            (await CommandLine.RunAsync(user.Wrap(folder.Binaries.InitDb, "-D", part, "-U", Owner, "--encoding=UTF8", "--locale=C",
                "--auth=scram-sha-256", $"--pwfile={passwordFile}", "--data-checksums"), stop)).Require("make the database");
        }
        finally
        {
            File.Delete(passwordFile);
        }
        Directory.Move(part, folder.Data);
    }

    /// <summary>A server that an earlier host left running, if there is one that answers.</summary>
    private async Task<NpgsqlConnectionStringBuilder?> TakeOverAsync(ServerFolder folder, string password, CancellationToken stop)
    {
        if (PostmasterFile.Read(folder.Data) is not { } left) return null;
        if (!ServerProcess.Serves(left.Pid, folder.Data))
        {
            // Children of a killed server leave within moments; then its file is stale, also if its number is in use again.
            while (ServerProcess.AnyServes(folder.Data)) await Task.Delay(Look, clock, stop);
            File.Delete(PostmasterFile.In(folder.Data));
            return null;
        }

        var connection = Connection(left.Port, password);
        if (left.Port != 0 && await AnswersAsync(connection, left.Pid, folder, stop))
        {
            _pid = left.Pid;
            LogTakenOver(left.Pid);
            return connection;
        }
        while (ServerProcess.AnyServes(folder.Data)) await Task.Delay(Look, clock, stop); // it was on its way out
        return null;
    }

    private async Task<NpgsqlConnectionStringBuilder> LaunchAsync(
        ServerFolder folder, ServerUser user, int fixedPort, string password, CancellationToken stop)
    {
        const int Tries = 3; // a free port may be taken between our look and the server's bind
        for (var attempt = 1; ; attempt++)
        {
            var port = fixedPort != 0 ? fixedPort : FreePort();
            KeepLogShort(folder.Log);
            _pid = Launch(folder, user, port);
            var connection = Connection(port, password);
            if (await AnswersAsync(connection, _pid, folder, stop))
            {
                LogStarted(_pid, port);
                return connection;
            }
            _pid = 0;
            if (attempt == Tries || fixedPort != 0) throw new EmbeddedPostgresException($"The database ended while it started. {Tail()}");
        }
    }

    // A session of its own keeps the terminal's Ctrl+C from it: it must outlive the work that is being finished.
    // The shell opens the log with our rights and is then replaced, so the process we know is the server itself.
    private static int Launch(ServerFolder folder, ServerUser user, int port)
    {
        var server = user.Wrap(folder.Binaries.Server, "-D", folder.Data,
            "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}", "-c", "unix_socket_directories=", "-c", "max_connections=100",
            "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
            "-c", "jit=off", "-c", "log_line_prefix=%m [%p] ");
        using var process = Process.Start(new ProcessStartInfo("sh",
            ["-c", "exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", folder.Log, .. server]) { WorkingDirectory = "/" })!;
        return process.Id;
    }

    private async Task<bool> AnswersAsync(NpgsqlConnectionStringBuilder connection, int pid, ServerFolder folder, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await using var trial = new NpgsqlConnection(connection.ConnectionString + ";Pooling=false");
                await trial.OpenAsync(stop);
                // Whoever answers must be ours: on a port taken by another, ours is about to end.
                return PostmasterFile.Read(folder.Data)?.Pid == pid;
            }
            catch (NpgsqlException error) when (error is not PostgresException || error.SqlState is PostgresErrorCodes.CannotConnectNow)
            {
                if (!ServerProcess.IsAlive(pid)) return false;
                await Task.Delay(Look, clock, stop);
            }
        }
    }

    private async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder server, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(stop);
        var exists = await connection.FirstAsync("select 1 from pg_database where datname = $1", [Options.Database], row => row.GetInt32(0), stop) == 1;
        if (!exists) await connection.ExecuteAsync($"create database \"{Options.Database}\"", [], stop);
    }

    private async Task<bool> EndedAsync(string data, TimeSpan within)
    {
        var began = clock.GetTimestamp();
        while (ServerProcess.Serves(_pid, data))
        {
            if (clock.GetElapsedTime(began) > within) return false;
            await Task.Delay(Look, clock);
        }
        return true;
    }

    private static NpgsqlConnectionStringBuilder Connection(int port, string password) => new()
    {
        Host = IPAddress.Loopback.ToString(),
        Port = port,
        Username = Owner,
        Password = password,
        Database = "postgres",
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };

    private string Tail()
    {
        if (_folder is null || !File.Exists(_folder.Log)) return "";
        return $"The end of {_folder.Log}: {string.Join(" | ", File.ReadLines(_folder.Log).TakeLast(5))}";
    }

    private static int FreePort()
    {
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        return ((IPEndPoint)listener.LocalEndpoint).Port;
    }

    private static void KeepLogShort(string path)
    {
        const long Longest = 10 * 1024 * 1024;
        if (new FileInfo(path) is { Exists: true, Length: > Longest }) File.Move(path, path + ".1", overwrite: true);
    }

    [LoggerMessage(3001, LogLevel.Information, "Embedded database started: process {ServerPid}, loopback port {Port}")]
    private partial void LogStarted(int serverPid, int port);

    [LoggerMessage(3002, LogLevel.Information, "Embedded database of an earlier run taken over: process {ServerPid}")]
    private partial void LogTakenOver(int serverPid);

    [LoggerMessage(3004, LogLevel.Critical, "Embedded database died: process {ServerPid}; it is started again. {Tail}")]
    private partial void LogDied(int serverPid, string tail);

    [LoggerMessage(3005, LogLevel.Critical, "Embedded database does not start again: {Reason}")]
    private partial void LogStillDead(string reason);

    [LoggerMessage(3003, LogLevel.Information, "Embedded database stopped: process {ServerPid}")]
    private partial void LogStopped(int serverPid);
}
