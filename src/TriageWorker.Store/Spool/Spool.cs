using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>The spool's folders: <c>incoming/&lt;process&gt;</c>, <c>objects/&lt;xx&gt;</c> by content, <c>quarantine</c>.</summary>
/// <remarks>One process holds its own folder below <c>incoming</c> by a lock that ends with it, so that another may adopt what it leaves behind.</remarks>
public sealed class Spool : IDisposable
{
    internal const string PartExtension = ".part";

    private const string LockName = ".lock", PartPattern = "*" + PartExtension;

    private readonly string _root, _incoming, _objects, _quarantine, _own;
    private readonly long _minimumFree;
    private readonly DriveInfo _volume;
    private readonly FileStream? _lock;
    private readonly PartNames _names;

    public Spool(IOptions<SpoolOptions> options)
    {
        _root = Path.GetFullPath(options.Value.Folder);
        _minimumFree = options.Value.MinimumFreeBytes;
        _incoming = Path.Combine(_root, "incoming");
        _objects = Path.Combine(_root, "objects");
        _quarantine = Path.Combine(_root, "quarantine");
        foreach (var folder in (string[])[_incoming, _objects, _quarantine]) Directory.CreateDirectory(folder);
        do
        {
            // A process that adopts at this very moment may take the new folder for one left behind.
            _own = Path.Combine(_incoming, Guid.CreateVersion7().ToString("N"));
            Directory.CreateDirectory(_own);
        }
        while ((_lock = Hold(_own)) is null);
        Posix.SyncFolder(_incoming);
        Posix.SyncFolder(_root);
        _volume = new DriveInfo(_root);
        _names = new PartNames(_own);
    }

    /// <summary>Woken when a file was sealed.</summary>
    public AsyncSignal Arrivals { get; } = new();

    /// <summary>Woken when <see cref="PrepareNames"/> is worth its while.</summary>
    public AsyncSignal NamesRunLow => _names.RunLow;

    internal DiskThreads Disk { get; } = new();

    /// <summary>Why nothing more may be taken; null when the spool is well.</summary>
    public string? Trouble => Failure ?? (_volume.AvailableFreeSpace < _minimumFree ? "the disk of the spool is nearly full" : null);

    /// <summary>A failed sync: what the disk holds is unknown from then on, until somebody looks and starts the process again.</summary>
    public string? Failure { get; private set; }

    /// <exception cref="IOException">The spool is in <see cref="Trouble"/>, or the file cannot be made.</exception>
    public SpoolFile Begin(SpoolHead head)
    {
        if (Trouble is { } trouble) throw new IOException(trouble);
        var path = _names.Take(out var isNameSynced);
        try
        {
            return new SpoolFile(this, head, path, isNameSynced);
        }
        catch
        {
            Forget(path);
            throw;
        }
    }

    /// <summary>Makes names for the next objects ahead of need; objects come in without it too, only slower.</summary>
    public void PrepareNames() => _names.Fill();

    /// <summary>Sealed files without a row, in no order, read from the folder; the backlog is never held in memory.</summary>
    public IEnumerable<SpooledObject> Backlog()
    {
        foreach (var part in Directory.EnumerateFiles(_own, PartPattern))
        {
            if (!_names.IsUnsealed(part) && SpooledObject.Read(part) is { } sealedObject) yield return sealedObject;
        }
    }

    /// <summary>Gives the files their lasting names and syncs the folders. Doing it again changes nothing.</summary>
    /// <returns>Paths relative to the spool, in the order of <paramref name="sealedObjects"/>.</returns>
    public IReadOnlyList<string> Publish(IReadOnlyList<SpooledObject> sealedObjects)
    {
        var paths = sealedObjects.Select(o => ContentAddress.Of(o.Mark.Digest)).ToArray();
        var folders = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < paths.Length; i++)
        {
            var target = At(paths[i]);
            var folder = Path.GetDirectoryName(target)!;
            if (!Directory.Exists(folder))
            {
                Directory.CreateDirectory(folder);
                folders.Add(_objects);
            }

            if (Posix.Link(sealedObjects[i].Part, target)) folders.Add(folder);
        }

        foreach (var folder in folders) Posix.SyncFolder(folder);
        return paths;
    }

    /// <summary>Keeps a whole file of our own making. It was not received, so it passes no backlog and no mark. Doing it again changes nothing.</summary>
    /// <param name="digest">SHA-256 over the data set without file meta.</param>
    /// <returns>Its path relative to the spool; when it returns, the file survives a crash of the machine.</returns>
    public string KeepOwn(ReadOnlySpan<byte> part10, ReadOnlySpan<byte> digest)
    {
        if (Trouble is { } trouble) throw new IOException(trouble);
        var path = ContentAddress.Of(digest);
        var target = At(path);
        var folder = Path.GetDirectoryName(target)!;
        Directory.CreateDirectory(folder);
        Posix.SyncFolder(_objects);
        var draft = Path.Combine(_own, $"{Guid.CreateVersion7():N}.own");
        using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write))
        {
            RandomAccess.Write(file, part10, 0);
            RandomAccess.FlushToDisk(file);
        }

        Posix.Link(draft, target);
        Posix.SyncFolder(folder);
        File.Delete(draft);
        return path;
    }

    /// <summary>Removes the incoming names of files that have their rows.</summary>
    public static void Retire(IEnumerable<SpooledObject> published)
    {
        foreach (var part in published.Select(o => o.Part)) File.Delete(part);
    }

    /// <summary>Moves a sealed file that cannot get a row to quarantine, for somebody to look at.</summary>
    public void SetAside(SpooledObject unfit, string because) => Quarantine(unfit.Part, because);

    /// <summary>The absolute path of a path relative to the spool.</summary>
    public string At(string relativePath) => Path.Combine(_root, relativePath);

    /// <summary>Takes over what processes that are gone left behind: whole files join the backlog, the rest goes to quarantine.</summary>
    public Adoption Adopt()
    {
        var adoption = new Adoption(0, 0);
        foreach (var folder in Directory.EnumerateDirectories(_incoming))
        {
            if (folder == _own || Hold(folder) is not { } held) continue;
            using (held)
            {
                foreach (var part in Directory.EnumerateFiles(folder, PartPattern)) adoption += AdoptFile(part);
                Posix.SyncFolder(_own);
                Directory.Delete(folder, recursive: true);
            }
        }

        if (adoption.Adopted > 0) Arrivals.Wake();
        return adoption;
    }

    public void Dispose()
    {
        Disk.Dispose();
        _names.Clear();
        _lock?.Dispose();
    }

    internal void Sealed(string part)
    {
        _names.Release(part);
        Arrivals.Wake();
    }

    internal void Forget(string part)
    {
        File.Delete(part);
        _names.Release(part);
    }

    internal void Fail(string because) => Failure ??= $"the spool's volume is failing: {because}";

    internal void Quarantine(string part, string because)
    {
        var name = Path.Combine(_quarantine, Path.GetFileName(part));
        File.Move(part, name, overwrite: true);
        _names.Release(part);
        File.WriteAllText(Path.ChangeExtension(name, ".txt"), because + "\n");
    }

    private Adoption AdoptFile(string part)
    {
        if (new FileInfo(part).Length == 0)
        {
            File.Delete(part); // a name made ahead of need
            return default;
        }

        if (SpooledObject.Fault(part) is { } fault)
        {
            Quarantine(part, fault);
            return new Adoption(0, 1);
        }

        File.Move(part, Path.Combine(_own, Path.GetFileName(part)));
        return new Adoption(1, 0);
    }

    // The runtime takes FileShare.None as flock(LOCK_EX | LOCK_NB); the kernel gives it back when the process ends, however it ends.
    private static FileStream? Hold(string folder)
    {
        try
        {
            return new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
        }
        catch (IOException)
        {
            return null;
        }
    }
}

/// <summary>What was found in the folders of processes that are gone.</summary>
public readonly record struct Adoption(int Adopted, int Quarantined)
{
    public static Adoption operator +(Adoption left, Adoption right) => left.Add(right);

    public Adoption Add(Adoption other) => new(Adopted + other.Adopted, Quarantined + other.Quarantined);
}
