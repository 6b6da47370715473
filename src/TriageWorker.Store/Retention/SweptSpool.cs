namespace TriageWorker.Store;

/// <summary>
/// The files of this machine's spool, for the one that removes some of them. A file is hidden first, looked at again, and only then removed:
/// a listener that gives the same content a row meanwhile finds the name gone and makes it again, or is seen here and gets it back.
/// </summary>
public sealed class SweptSpool : IDisposable
{
    private const string Hiding = "removing";

    private readonly string _root, _hidden;
    private readonly HeldFolder _held;

    private SweptSpool(string root, string hidden, Guid id, HeldFolder held) => (_root, _hidden, Id, _held) = (root, hidden, id, held);

    public Guid Id { get; }

    /// <returns>Null when there is no spool on this machine, or another process sweeps it.</returns>
    /// <exception cref="IOException">It cannot be read.</exception>
    public static SweptSpool? TryOpen(SpoolOptions options)
    {
        var root = Path.GetFullPath(options.Folder);
        if (SpoolIdentity.Read(root) is not { } id) return null;
        var hidden = Path.Combine(root, Hiding);
        Directory.CreateDirectory(hidden);
        return HeldFolder.TryHold(hidden) is { } held ? new SweptSpool(root, hidden, id, held) : null;
    }

    /// <summary>Bytes that are free on its volume.</summary>
    public long Free => new DriveInfo(_root).AvailableFreeSpace;

    /// <summary>Whether the file of a row is here.</summary>
    public bool Has(string path) => File.Exists(At(path));

    /// <summary>Takes files from where readers and listeners find them. What is not there stays so.</summary>
    public void Hide(IEnumerable<string> paths)
    {
        foreach (var path in paths)
            if (Has(path)) File.Move(At(path), HiddenAt(path), overwrite: true);
    }

    /// <summary>Gives hidden files their names again; when it returns, the names survive a crash of the machine.</summary>
    public void PutBack(IReadOnlyCollection<string> paths)
    {
        foreach (var path in paths)
        {
            if (!File.Exists(HiddenAt(path))) continue;
            Posix.Link(HiddenAt(path), At(path)); // its listener may have made it again
            Posix.SyncFolder(Path.GetDirectoryName(At(path))!);
            File.Delete(HiddenAt(path));
        }
    }

    /// <summary>Removes hidden files for good; when it returns, no crash of the machine brings one back.</summary>
    public void Remove(IReadOnlyCollection<string> paths)
    {
        foreach (var path in paths) File.Delete(HiddenAt(path));
        foreach (var folder in paths.Select(path => Path.GetDirectoryName(At(path))!).Append(_hidden).Distinct(StringComparer.Ordinal)) Posix.SyncFolder(folder);
    }

    public void Dispose() => _held.Dispose();

    private string At(string path) => Path.Combine(_root, path);

    private string HiddenAt(string path) => Path.Combine(_hidden, Path.GetFileName(path));
}
