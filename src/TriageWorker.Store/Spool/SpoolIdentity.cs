namespace TriageWorker.Store;

/// <summary>
/// The name of a spool, in a file of its own: rows of files that lie elsewhere are nobody's to miss here. Processes that share the folder are
/// one node to others, a folder that is mounted elsewhere keeps its name, and a new folder on the same host is another node.
/// </summary>
public static class SpoolIdentity
{
    private const string Name = "spool.id";

    /// <summary>Processes that make a spool at once agree on the one whose link came first.</summary>
    internal static Guid ReadOrMake(string root)
    {
        if (Read(root) is { } known) return known;
        var draft = Path.Combine(root, $"{Name}.{Guid.NewGuid():N}");
        try
        {
            using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, System.Text.Encoding.ASCII.GetBytes($"{Guid.CreateVersion7()}\n"), 0);
                Posix.SyncFile(file, draft);
            }

            Posix.Link(draft, Path.Combine(root, Name));
        }
        finally
        {
            File.Delete(draft);
        }

        return Read(root) ?? throw new IOException($"{Path.Combine(root, Name)} does not hold the name of a spool.");
    }

    /// <returns>Null when there is no spool, or one that no process of this version has opened.</returns>
    /// <exception cref="IOException">The file cannot be read, or holds no name: another spool's rows must not be taken for its own.</exception>
    public static Guid? Read(string root)
    {
        try
        {
            var path = Path.Combine(root, Name);
            return Guid.TryParse(File.ReadAllText(path).Trim(), out var id) ? id
                : throw new IOException($"{path} does not hold the name of a spool. Put back the one of a backup, or remove the file: the spool is then a new one.");
        }
        catch (Exception none) when (none is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }
}
