using System.Diagnostics;
using System.Net;
using System.Net.Sockets;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>A server process that answers.</summary>
internal sealed record LaunchedServer(int Pid, NpgsqlConnectionStringBuilder Connection);

/// <summary>Starts the server's process and waits until it answers.</summary>
internal static class ServerLaunch
{
    public static readonly TimeSpan Look = TimeSpan.FromMilliseconds(25);

    /// <param name="fixedPort">0: a free one.</param>
    /// <returns>Null when it ended instead of answering; its log says why.</returns>
    public static async Task<LaunchedServer?> RunAsync(
        ServerFolder folder, ServerUser user, int fixedPort, string password, TimeProvider clock, CancellationToken stop)
    {
        var tries = fixedPort == 0 ? 3 : 1; // a free port may be taken between our look and the server's bind
        for (var attempt = 0; attempt < tries; attempt++)
        {
            var port = fixedPort != 0 ? fixedPort : FreePort();
            KeepLogShort(folder.Log);
            var server = new LaunchedServer(Start(folder, user, port), Connection(port, password));
            try
            {
                if (await AnswersAsync(server, folder, clock, stop)) return server;
            }
            catch (OperationCanceledException)
            {
                Signals.Send(server.Pid, Signals.Quit); // nobody would know of it
                throw;
            }
        }
        return null;
    }

    /// <summary>Waits until the server lets somebody in. False when it ends before.</summary>
    public static async Task<bool> AnswersAsync(LaunchedServer server, ServerFolder folder, TimeProvider clock, CancellationToken stop)
    {
        while (true)
        {
            try
            {
                await using var trial = new NpgsqlConnection(server.Connection.ConnectionString + ";Pooling=false");
                await trial.OpenAsync(stop);
                // Whoever answers must be ours: on a port taken by another, ours is about to end.
                return PostmasterFile.Read(folder.Data)?.Pid == server.Pid;
            }
            catch (NpgsqlException error) when (error is not PostgresException || error.SqlState is PostgresErrorCodes.CannotConnectNow)
            {
                if (!ServerProcess.IsAlive(server.Pid)) return false;
                await Task.Delay(Look, clock, stop);
            }
        }
    }

    public static NpgsqlConnectionStringBuilder Connection(int port, string password) => new()
    {
        Host = IPAddress.Loopback.ToString(),
        Port = port,
        Username = ServerSetup.Owner,
        Password = password,
        Database = "postgres",
        SslMode = SslMode.Disable,
        GssEncryptionMode = GssEncryptionMode.Disable,
    };

    // A session of its own keeps the terminal's Ctrl+C from it: it must outlive the work that is being finished.
    // The shell opens the log with our rights and is then replaced, so the process we know is the server itself.
    private static int Start(ServerFolder folder, ServerUser user, int port)
    {
        var server = user.Wrap(folder.Binaries.Server, "-D", folder.Data,
            "-c", "listen_addresses=127.0.0.1", "-c", $"port={port}", "-c", "unix_socket_directories=", "-c", "max_connections=100",
            "-c", "fsync=on", "-c", "synchronous_commit=on", "-c", "full_page_writes=on", "-c", "timezone=UTC", "-c", "log_timezone=UTC",
            "-c", "jit=off", "-c", "log_line_prefix=%m [%p] ");
        using var process = Process.Start(new ProcessStartInfo("sh",
            ["-c", "exec setsid \"$@\" >>\"$0\" 2>&1 </dev/null", folder.Log, .. server]) { WorkingDirectory = "/" })!;
        return process.Id;
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
}
