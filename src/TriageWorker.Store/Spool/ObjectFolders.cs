namespace TriageWorker.Store;

/// <summary>Where objects stay: 256 folders by the first byte of the content's digest.</summary>
/// <remarks>All of them are made and synced at the start, so that a new name is safe with the sync of its own folder.</remarks>
internal sealed class ObjectFolders
{
    private readonly string _root;
    private readonly Action<string> _syncFolder;

    public ObjectFolders(string root, Action<string> syncFolder)
    {
        (_root, _syncFolder) = (root, syncFolder);
        for (var first = 0; first < 256; first++) Directory.CreateDirectory(FolderOf(ContentAddress.Of([(byte)first])));
        syncFolder(At(ContentAddress.Folder));
    }

    public string At(string relativePath) => Path.Combine(_root, relativePath);

    /// <summary>Gives files their lasting names; when it returns, the names survive a crash of the machine. Doing it again changes nothing.</summary>
    /// <param name="files">Each with its <see cref="ContentAddress"/>.</param>
    public void Link(IEnumerable<(string File, string Address)> files)
    {
        var folders = new HashSet<string>(StringComparer.Ordinal);
        foreach (var (file, address) in files)
        {
            // A name that is there already may be that of a process that died before its sync.
            Posix.Link(file, At(address));
            FailPoint.Pass(FailPoint.Linked);
            folders.Add(FolderOf(address));
        }

        foreach (var folder in folders) _syncFolder(folder);
    }

    private string FolderOf(string address) => Path.GetDirectoryName(At(address))!;
}
