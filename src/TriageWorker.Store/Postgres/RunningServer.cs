using Npgsql;

namespace TriageWorker.Store;

/// <summary>The embedded server of a product that runs, found from outside. It is never started, stopped or taken over by who looks.</summary>
/// <param name="ConnectionString">With its password.</param>
/// <param name="Folder">Its data.</param>
public sealed record RunningServer(string ConnectionString, string Folder)
{
    /// <exception cref="EmbeddedPostgresException">It does not run, or this account may not reach it; the message says which and what to do.</exception>
    public static async Task<RunningServer> FindAsync(EmbeddedPostgresOptions options, CancellationToken stop)
    {
        var root = Path.GetFullPath(options.Data);
        if (!Directory.Exists(root)) throw new EmbeddedPostgresException($"The embedded database in {root} has never been started: triage run makes and starts it.");
        try
        {
            foreach (var folder in await FoldersAsync(root, stop))
                if (PostmasterFile.Read(folder.Data) is { Port: not 0 } server && ServerProcess.Serves(server.Pid, folder.Data))
                    return new RunningServer(await ConnectionAsync(folder.PasswordFile, server.Port, options.Database, stop), folder.Data);
        }
        catch (UnauthorizedAccessException closed)
        {
            throw new EmbeddedPostgresException($"This account may not look into the embedded database in {root}: ask as the account that runs the product. {closed.Message}", closed);
        }

        throw new EmbeddedPostgresException($"The embedded database in {root} does not run: triage run starts it.");
    }

    /// <summary>True when a database was made there before.</summary>
    public static async Task<bool> HasDataAsync(EmbeddedPostgresOptions options, CancellationToken stop)
    {
        var root = Path.GetFullPath(options.Data);
        return Directory.Exists(root) && (await FoldersAsync(root, stop)).Any(folder => Directory.Exists(folder.Data));
    }

    // As ServerFolder has it: in its own place, or where the account that runs it can reach it.
    private static async Task<IReadOnlyList<(string Data, string PasswordFile)>> FoldersAsync(string root, CancellationToken stop)
    {
        var elsewhere = Path.Combine(root, ServerFolder.ElsewhereFile);
        string[] roots = File.Exists(elsewhere) ? [(await File.ReadAllTextAsync(elsewhere, stop)).Trim(), root] : [root];
        var folders = new List<(string, string)>();
        foreach (var each in roots.Where(Directory.Exists))
        {
            var real = await ServerFolder.RealPathAsync(each, stop);
            folders.Add((Path.Combine(real, ServerFolder.DataName), Path.Combine(real, ServerFolder.PasswordName)));
        }
        return folders;
    }

    private static async Task<string> ConnectionAsync(string passwordFile, int port, string database, CancellationToken stop)
    {
        var password = (await File.ReadAllTextAsync(passwordFile, stop)).Trim();
        return new NpgsqlConnectionStringBuilder(ServerLaunch.Connection(port, password).ConnectionString) { Database = database }.ConnectionString;
    }
}
