using System.Diagnostics;
using System.Globalization;
using Npgsql;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Doctor;

/// <summary>Debian's PostgreSQL 15 as somebody in a hurry sets it up: it does not sync.</summary>
internal sealed class UnsafePostgres : IAsyncDisposable
{
    private const string Programs = "/usr/lib/postgresql/15/bin";
    private readonly TemporaryFolder _folder;
    private readonly Process _server;

    private UnsafePostgres(TemporaryFolder folder, Process server, int port) =>
        (_folder, _server, ConnectionString) = (folder, server, $"Host=127.0.0.1;Port={port};Database=postgres;Username=owner;Pooling=false");

    public string ConnectionString { get; }

    public static async Task<UnsafePostgres> StartAsync()
    {
        var (folder, port) = (new TemporaryFolder(), Loopback.FreePort());
        var data = Directory.CreateDirectory(folder.At("data")).FullName;
        if (Environment.UserName == "root") (await ExternalTool.RunAsync("chown", "postgres", data)).Expect();
        (await RunAsync(Path.Combine(Programs, "initdb"), "-D", data, "-U", "owner", "--auth=trust")).Expect();
        var (tool, arguments) = AsNobodyInParticular(Path.Combine(Programs, "postgres"), "-D", data, "-c", "fsync=off", "-c", $"port={port.ToString(CultureInfo.InvariantCulture)}",
            "-c", "listen_addresses=127.0.0.1", "-c", "unix_socket_directories=");
        var server = new UnsafePostgres(folder, ExternalTool.Start(tool, arguments), port);
        using var patience = new CancellationTokenSource(TimeSpan.FromMinutes(1));
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(50));
        while (!await server.AnswersAsync(patience.Token)) await look.WaitForNextTickAsync(patience.Token);
        return server;
    }

    public async ValueTask DisposeAsync()
    {
        if (!_server.HasExited) (await ExternalTool.RunAsync("kill", "-INT", _server.Id.ToString(CultureInfo.InvariantCulture))).Expect();
        await _server.WaitForExitAsync();
        _server.Dispose();
        _folder.Dispose();
    }

    private async Task<bool> AnswersAsync(CancellationToken stop)
    {
        try
        {
            await using var connection = new NpgsqlConnection(ConnectionString);
            await connection.OpenAsync(stop);
            return true;
        }
        catch (NpgsqlException)
        {
            return _server.HasExited ? throw new InvalidOperationException(await _server.StandardError.ReadToEndAsync(stop)) : false;
        }
    }

    private static Task<ToolResult> RunAsync(string tool, params string[] arguments)
    {
        var (program, all) = AsNobodyInParticular(tool, arguments);
        return ExternalTool.RunAsync(program, all);
    }

    // PostgreSQL refuses root.
    private static (string Tool, string[] Arguments) AsNobodyInParticular(string tool, params string[] arguments) => Environment.UserName == "root"
        ? ("setpriv", ["--reuid=postgres", "--regid=postgres", "--clear-groups", "--", tool, .. arguments])
        : (tool, arguments);
}
