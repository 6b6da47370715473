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
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(1);
    private ServerFolder? _folder;
    private ServerUser? _user;
    private LaunchedServer? _server;
    private int _lastDead;

    // Read when it starts, not when it is composed, so that wrong settings are told together.
    private EmbeddedPostgresOptions Options => settings.Value.Embedded;

    /// <summary>The process of the server; 0 before the start and after the stop.</summary>
    public int ProcessId => _server?.Pid ?? 0;

    /// <summary>How often it has died under this host.</summary>
    public int Deaths { get; private set; }

    /// <summary>When it last did, as a timestamp of the clock.</summary>
    public long LastDeath { get; private set; }

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
            if (!Directory.Exists(_folder.Data))
            {
                progress?.Report("Making the database (first start only).");
                await ServerSetup.InitialiseAsync(_folder, _user, password, deadline.Token);
            }

            _server = await TakeOverAsync(_folder, password, deadline.Token);
            if (_server is null)
            {
                progress?.Report("Starting the database.");
                _server = await LaunchAsync(_folder, _user, Options.Port, password, deadline.Token);
            }
            await ServerSetup.CreateDatabaseAsync(_server.Connection, Options.Database, deadline.Token);
            return new NpgsqlConnectionStringBuilder(_server.Connection.ConnectionString) { Database = Options.Database }.ConnectionString;
        }
        catch (OperationCanceledException) when (!stop.IsCancellationRequested)
        {
            throw new EmbeddedPostgresException($"The database was not ready within {Options.StartWithin.TotalSeconds:0} s. {Tail()}");
        }
    }

    /// <summary>Starts the server again, on the same port, whenever it dies, until <paramref name="stop"/>.</summary>
    public async Task WatchAsync(CancellationToken stop)
    {
        var (folder, user, server) = (_folder, _user, _server);
        if (folder is null || user is null || server is null) throw new InvalidOperationException("The database has not been started.");
        using var timer = new PeriodicTimer(Watch, clock);
        while (await timer.WaitForNextTickAsync(stop))
        {
            if (ServerProcess.Serves(server.Pid, folder.Data)) continue;
            NoteDeath(server.Pid);
            try
            {
                await ClearStaleAsync(folder, stop);
                _server = server = await LaunchAsync(folder, user, server.Connection.Port, server.Connection.Password!, stop);
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
        if (_server is { } server && _folder is { } folder)
        {
            Signals.Send(server.Pid, Signals.Interrupt);
            if (!await EndedAsync(server.Pid, folder.Data))
            {
                Signals.Send(server.Pid, Signals.Quit);
                await EndedAsync(server.Pid, folder.Data);
            }
            LogStopped(server.Pid);
        }
        _server = null;
        _folder?.Dispose();
        _folder = null;
    }

    public async ValueTask DisposeAsync() => await StopAsync();

    /// <summary>A server that an earlier host left running, if there is one that answers.</summary>
    private async Task<LaunchedServer?> TakeOverAsync(ServerFolder folder, string password, CancellationToken stop)
    {
        if (PostmasterFile.Read(folder.Data) is not { } left) return null;
        if (left.Port != 0 && ServerProcess.Serves(left.Pid, folder.Data))
        {
            var server = new LaunchedServer(left.Pid, ServerLaunch.Connection(left.Port, password));
            if (await ServerLaunch.AnswersAsync(server, folder, clock, stop))
            {
                LogTakenOver(left.Pid);
                return server;
            }
        }
        await ClearStaleAsync(folder, stop);
        return null;
    }

    private async Task<LaunchedServer> LaunchAsync(ServerFolder folder, ServerUser user, int port, string password, CancellationToken stop)
    {
        var server = await ServerLaunch.RunAsync(folder, user, port, password, clock, stop)
            ?? throw new EmbeddedPostgresException($"The database ended while it started. {Tail()}");
        LogStarted(server.Pid, server.Connection.Port);
        return server;
    }

    // Children of a dead server leave within moments, one on its way out too; then its file is stale, also if the number
    // in it is in use again by a stranger.
    private async Task ClearStaleAsync(ServerFolder folder, CancellationToken stop)
    {
        while (ServerProcess.AnyServes(folder.Data)) await Task.Delay(ServerLaunch.Look, clock, stop);
        File.Delete(PostmasterFile.In(folder.Data));
    }

    private async Task<bool> EndedAsync(int pid, string data)
    {
        var began = clock.GetTimestamp();
        while (ServerProcess.Serves(pid, data))
        {
            if (clock.GetElapsedTime(began) > Options.StopWithin) return false;
            await Task.Delay(ServerLaunch.Look, clock);
        }
        return true;
    }

    private void NoteDeath(int pid)
    {
        if (pid == _lastDead) return; // it has not come back since
        (_lastDead, LastDeath) = (pid, clock.GetTimestamp());
        Deaths++;
        LogDied(pid, Tail());
    }

    private string Tail()
    {
        if (_folder is null || !File.Exists(_folder.Log)) return "";
        return $"The end of {_folder.Log}: {string.Join(" | ", File.ReadLines(_folder.Log).TakeLast(5))}";
    }

    [LoggerMessage(3001, LogLevel.Information, "Embedded database started: process {ServerPid}, loopback port {Port}")]
    private partial void LogStarted(int serverPid, int port);

    [LoggerMessage(3002, LogLevel.Information, "Embedded database of an earlier run taken over: process {ServerPid}")]
    private partial void LogTakenOver(int serverPid);

    [LoggerMessage(3003, LogLevel.Information, "Embedded database stopped: process {ServerPid}")]
    private partial void LogStopped(int serverPid);

    [LoggerMessage(3004, LogLevel.Critical, "Embedded database died: process {ServerPid}; it is started again. {Tail}")]
    private partial void LogDied(int serverPid, string tail);

    [LoggerMessage(3005, LogLevel.Critical, "Embedded database does not start again: {Reason}")]
    private partial void LogStillDead(string reason);
}
