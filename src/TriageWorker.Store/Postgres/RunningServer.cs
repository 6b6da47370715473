using Npgsql;

namespace TriageWorker.Store;

/// <summary>The embedded server of a host that runs now, for somebody who wants to look without starting anything.</summary>
public static class RunningServer
{
    /// <returns>An Npgsql connection string, password included; null when no server runs in the folder.</returns>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    public static async Task<string?> FindAsync(EmbeddedPostgresOptions options, CancellationToken stop)
    {
        var root = await RootAsync(options, stop);
        if (PostmasterFile.Read(Path.Combine(root, "data")) is not { Port: > 0 } server || !ServerProcess.IsAlive(server.Pid)) return null;
        var password = (await File.ReadAllTextAsync(Path.Combine(root, "password"), stop)).Trim();
        var connection = ServerLaunch.Connection(server.Port, password);
        connection.Database = options.Database;
        try
        {
            await using var trial = new NpgsqlConnection(connection.ConnectionString + ";Pooling=false");
            await trial.OpenAsync(stop);
            return connection.ConnectionString;
        }
        catch (NpgsqlException)
        {
            return null; // on its way up or down, or a stranger has the number and the port
        }
    }

    /// <summary>True when a database was made there before.</summary>
    public static async Task<bool> HasDataAsync(EmbeddedPostgresOptions options, CancellationToken stop) =>
        Directory.Exists(Path.Combine(await RootAsync(options, stop), "data"));

    private static async Task<string> RootAsync(EmbeddedPostgresOptions options, CancellationToken stop)
    {
        var elsewhere = Path.Combine(options.Data, ServerFolder.ElsewhereName);
        return File.Exists(elsewhere) ? (await File.ReadAllTextAsync(elsewhere, stop)).Trim() : Path.GetFullPath(options.Data);
    }
}
