using System.Collections.Concurrent;

namespace TriageWorker.Store;

/// <summary>Where objects stay: 256 folders by the first byte of the content's digest.</summary>
/// <remarks>All of them are made and synced at the start, so that a new name is safe with the sync of its own folder.</remarks>
internal sealed class ObjectFolders
{
    private readonly string _root;
    private readonly Action<string> _syncFolder;
    private readonly Action<string, string> _quarantine;
    private readonly ConcurrentDictionary<string, byte> _doubtful = new(StringComparer.Ordinal); // whose last sync failed

    /// <param name="quarantine">Takes a file away, for the reason given.</param>
    public ObjectFolders(string root, Action<string> syncFolder, Action<string, string> quarantine)
    {
        (_root, _syncFolder, _quarantine) = (root, syncFolder, quarantine);
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
            // A name that is there already may be that of a process that died before its sync, or of a file that has rotted since.
            if (!Posix.Link(file, At(address))) Mend(file, address);
            if (_doubtful.ContainsKey(FolderOf(address))) LinkAnew(file, address);
            FailPoint.Pass(FailPoint.Linked);
            folders.Add(FolderOf(address));
        }

        foreach (var folder in folders) Sync(folder);
    }

    private void Sync(string folder)
    {
        _doubtful[folder] = 0; // until it has succeeded
        _syncFolder(folder);
        _doubtful.TryRemove(folder, out _);
    }

    // The kernel tells a failed sync once and may take what it could not write for written: only a change that is made after it is sure to be written by the next sync.
    private void LinkAnew(string file, string address)
    {
        File.Delete(At(address));
        Posix.Link(file, At(address));
    }

    private void Mend(string file, string address)
    {
        if (SpooledObject.Rot(At(address)) is not { } rot) return;
        _quarantine(At(address), $"the same content came again, and in this file {rot}");
        Posix.Link(file, At(address));
    }

    private string FolderOf(string address) => Path.GetDirectoryName(At(address))!;
}
