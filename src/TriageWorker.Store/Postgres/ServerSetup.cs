using Npgsql;

namespace TriageWorker.Store;

/// <summary>Makes the files of a server, and the database in it.</summary>
internal static class ServerSetup
{
    public const string Owner = "triage";

    /// <summary>Made beside its place and moved there when it is whole: a half-made folder is never taken for a database.</summary>
    public static async Task InitialiseAsync(ServerFolder folder, ServerUser user, string password, CancellationToken stop)
    {
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

    public static async Task CreateDatabaseAsync(NpgsqlConnectionStringBuilder server, string name, CancellationToken stop)
    {
        await using var connection = new NpgsqlConnection(server.ConnectionString + ";Pooling=false");
        await connection.OpenAsync(stop);
        var exists = await connection.FirstAsync("select 1 from pg_database where datname = $1", [name], row => row.GetInt32(0), stop) == 1;
        if (!exists) await connection.ExecuteAsync($"create database \"{name}\"", [], stop);
    }
}
