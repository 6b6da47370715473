using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Microsoft.Win32.SafeHandles;

namespace TriageWorker.Store;

/// <summary>The spool's folders: <c>incoming/&lt;process&gt;</c>, <c>objects/&lt;xx&gt;</c> by content, <c>quarantine</c>.</summary>
/// <remarks>One process holds its own folder below <c>incoming</c> by a lock that ends with it, so that another may adopt what it leaves behind.</remarks>
public sealed partial class Spool : IDisposable
{
    internal const string PartExtension = ".part", PartPattern = "*" + PartExtension;

    private readonly string _root, _quarantine, _own;
    private readonly long _minimumFree;
    private readonly ILogger _log;
    private readonly SpoolVolume _volume;
    private readonly HeldFolder? _held;
    private readonly ObjectFolders _objects;
    private readonly PartNames _names;
    private readonly LeftBehind _leftBehind;
    private readonly ConcurrentDictionary<string, byte> _unread = new(StringComparer.Ordinal);

    public Spool(IOptions<SpoolOptions> options, ILogger<Spool> log)
    {
        _log = log;
        _root = Path.GetFullPath(options.Value.Folder);
        _minimumFree = options.Value.MinimumFreeBytes;
        _volume = new SpoolVolume(_root, _minimumFree, log);
        var incoming = Path.Combine(_root, "incoming");
        _quarantine = Path.Combine(_root, "quarantine");
        foreach (var folder in (string[])[incoming, _quarantine]) Directory.CreateDirectory(folder);
        _objects = new ObjectFolders(_root, SyncFolder, Quarantine);
        do
        {
            // A process that adopts at this very moment may take the new folder for one left behind.
            _own = Path.Combine(incoming, Guid.CreateVersion7().ToString("N"));
            Directory.CreateDirectory(_own);
        }
        while ((_held = HeldFolder.TryHold(_own)) is null);
        SyncFolder(incoming);
        Id = SpoolIdentity.ReadOrMake(_root);
        SyncFolder(_root);
        _names = new PartNames(_own, SyncFolder);
        _leftBehind = new LeftBehind(this, incoming, _own, log);
    }

    /// <summary>Woken when a file was sealed.</summary>
    public AsyncSignal Arrivals { get; } = new();

    /// <summary>Woken when the spool is in use again after a <see cref="Failure"/>.</summary>
    public AsyncSignal Recoveries { get; } = new();

    /// <summary>Woken when <see cref="PrepareNames"/> is worth its while.</summary>
    public AsyncSignal NamesRunLow => _names.RunLow;

    internal DiskThreads Disk { get; } = new();

    /// <summary>Absolute.</summary>
    public string Folder => _root;

    /// <summary>The same for every process that has this folder, and for as long as it lives.</summary>
    public Guid Id { get; }

    /// <summary>Why nothing more may be taken; null when the spool is well.</summary>
    public string? Trouble => _volume.Trouble;

    /// <summary>A failed sync: what the disk holds is unknown from then on, until it has proved itself (<see cref="Recover"/>).</summary>
    public string? Failure => _volume.Failure;

    /// <summary>How many syncs have failed so far.</summary>
    public long Failures => _volume.Failures;

    /// <summary>The disk had no room for what it was to take, and there is not much more since. Objects that fit are taken all the same.</summary>
    public bool IsFull => _volume.IsFull;

    /// <exception cref="IOException">The spool is in <see cref="Trouble"/>, or the file cannot be made.</exception>
    public SpoolFile Begin(SpoolHead head)
    {
        if (Trouble is { } trouble) throw new IOException(trouble);
        try
        {
            var path = _names.Take(out var isNameSynced);
            return Open(head, path, isNameSynced);
        }
        catch (IOException full) when (Posix.IsFull(full))
        {
            RanFull();
            throw;
        }
    }

    /// <summary>Writes a small file where objects are received, and removes it.</summary>
    /// <returns>The bytes that are free on the volume.</returns>
    /// <exception cref="IOException">It cannot be written.</exception>
    public long ProveWritable()
    {
        var probe = Path.Combine(_own, "writable.probe");
        File.WriteAllBytes(probe, [0]);
        File.Delete(probe);
        return _volume.Free;
    }

    /// <summary>Tries the volume as an object would: writes a file, syncs it and the folders that objects pass, reads it back from the disk.</summary>
    /// <returns>What did not work; null when all did. Nothing that was received is touched.</returns>
    public string? Try() => SpoolTrial.Fault(_own, _objects.At(ContentAddress.Folder));

    /// <summary>Takes the volume into use again, unless a sync has failed since <paramref name="failures"/> were counted.</summary>
    public bool Recover(long failures)
    {
        if (!_volume.Recover(failures)) return false;
        Recoveries.Wake();
        Arrivals.Wake(); // the backlog has waited
        return true;
    }

    /// <summary>Makes names for the next objects ahead of need; objects come in without it too, only slower.</summary>
    public void PrepareNames() => _names.Fill();

    /// <summary>Sealed files without a row, in no order, read from the folder; the backlog is never held in memory.</summary>
    /// <remarks>A file that cannot be read keeps none of the others back.</remarks>
    public IEnumerable<SpooledObject> Backlog()
    {
        foreach (var part in Directory.EnumerateFiles(_own, PartPattern))
        {
            if (!_names.IsUnsealed(part) && Read(part) is { } sealedObject) yield return sealedObject;
        }
    }

    /// <summary>How many files wait in <see cref="Backlog"/>.</summary>
    public int BacklogCount() => Directory.EnumerateFiles(_own, PartPattern).Count(part => !_names.IsUnsealed(part));

    /// <summary>What there is to tell of the spool now.</summary>
    /// <exception cref="IOException">The volume does not say.</exception>
    public SpoolFigures Figures(bool archive)
    {
        var quarantine = QuarantineFolder.Newest(_quarantine, out var quarantined);
        return new(_volume.Free, _volume.Size, _minimumFree, archive, BacklogCount(), quarantined, quarantine, Trouble, Failure is not null);
    }

    /// <summary>Gives the files their lasting names and syncs the folders. Doing it again changes nothing.</summary>
    /// <returns>Paths relative to the spool, in the order of <paramref name="sealedObjects"/>.</returns>
    /// <exception cref="IOException">The names are not safe, or the spool has a <see cref="Failure"/>: the files stay in the backlog.</exception>
    public IReadOnlyList<string> Publish(IReadOnlyList<SpooledObject> sealedObjects)
    {
        if (Failure is { } failure) throw new IOException(failure);
        var paths = sealedObjects.Select(o => ContentAddress.Of(o.Mark.Digest)).ToArray();
        _objects.Link(sealedObjects.Zip(paths, (o, path) => (o.Part, path)));
        if (paths.Length > 0) FailPoint.Pass(FailPoint.FolderSynced);
        return paths;
    }

    /// <summary>Keeps a whole file of our own making. It was not received, so it passes no backlog and no mark. Doing it again changes nothing.</summary>
    /// <param name="digest">SHA-256 over the data set without file meta.</param>
    /// <returns>Its path relative to the spool; when it returns, the file survives a crash of the machine.</returns>
    /// <exception cref="IOException">The file is not safe.</exception>
    public string KeepOwn(ReadOnlySpan<byte> part10, ReadOnlySpan<byte> digest)
    {
        if (Trouble is { } trouble) throw new IOException(trouble);
        var path = ContentAddress.Of(digest);
        var draft = Path.Combine(_own, $"{Guid.CreateVersion7():N}.own");
        try
        {
            using (var file = File.OpenHandle(draft, FileMode.CreateNew, FileAccess.Write))
            {
                RandomAccess.Write(file, part10, 0);
                SyncFile(file, draft);
            }

            _objects.Link([(draft, path)]);
        }
        finally
        {
            File.Delete(draft);
        }

        return path;
    }

    /// <summary>Removes the incoming names of files that have their rows.</summary>
    /// <remarks>Retention may have taken away the lasting name of the same content between <see cref="Publish"/> and the row, so it is looked for first.</remarks>
    /// <exception cref="IOException">A lasting name is gone and cannot be made again: the files stay in the backlog.</exception>
    public void Retire(IReadOnlyList<SpooledObject> published)
    {
        var taken = published.Where(o => !File.Exists(At(ContentAddress.Of(o.Mark.Digest)))).ToList();
        if (taken.Count > 0) Publish(taken);
        foreach (var part in published.Select(o => o.Part))
        {
            File.Delete(part);
            FailPoint.Pass(FailPoint.Unlinked);
        }
    }

    /// <summary>Puts a whole file that has its lasting name but no row into the backlog again. Doing it again changes nothing.</summary>
    internal void Readmit(string path)
    {
        Posix.Link(At(path), Path.Combine(_own, Path.GetFileNameWithoutExtension(path) + PartExtension));
        Arrivals.Wake();
    }

    /// <summary>Moves a sealed file that cannot get a row to quarantine, for somebody to look at.</summary>
    public void SetAside(SpooledObject unfit, string because) => Quarantine(unfit.Part, because);

    /// <summary>The absolute path of a path relative to the spool.</summary>
    public string At(string relativePath) => _objects.At(relativePath);

    /// <summary>Takes over what processes that are gone left behind: whole files join the backlog, the rest goes to quarantine.</summary>
    public Adoption Adopt(CancellationToken stop) => _leftBehind.Adopt(stop);

    public void Dispose()
    {
        Disk.Dispose();
        _names.Clear();
        _held?.Dispose();
    }

    internal void Sealed(string part)
    {
        _volume.HadRoom();
        _names.Release(part);
        Arrivals.Wake();
    }

    /// <summary>Something did not fit.</summary>
    internal void RanFull() => _volume.RanFull();

    internal void Forget(string part)
    {
        File.Delete(part);
        _names.Release(part);
    }

    /// <exception cref="SyncException">The spool has a <see cref="Failure"/> from now on, or <see cref="IsFull"/>.</exception>
    internal void SyncFile(SafeFileHandle file, string path) => _volume.Sync(() => Posix.SyncFile(file, path));

    /// <inheritdoc cref="SyncFile"/>
    internal void SyncFolder(string folder) => _volume.Sync(() => Posix.SyncFolder(folder));

    internal void Quarantine(string part, string because)
    {
        var name = Path.Combine(_quarantine, Path.ChangeExtension(Path.GetFileName(part), PartExtension));
        File.Move(part, name, overwrite: true);
        _names.Release(part);
        LogQuarantined(name, because);
        try
        {
            File.WriteAllText(Path.ChangeExtension(name, ".txt"), because + "\n");
        }
        catch (Exception untold) when (untold is IOException or UnauthorizedAccessException)
        {
            // The log has the reason too.
        }
    }

    private SpoolFile Open(SpoolHead head, string path, bool isNameSynced)
    {
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

    private SpooledObject? Read(string part)
    {
        try
        {
            return SpooledObject.Read(part);
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            if (_unread.TryAdd(part, 0)) LogUnread(part, unread.Message);
            if (SpooledObject.IsUnreadable(unread)) TryQuarantine(part, SpooledObject.Unreadable(unread));
            return null;
        }
    }

    private void TryQuarantine(string part, string because)
    {
        try
        {
            Quarantine(part, because);
        }
        catch (Exception stays) when (stays is IOException or UnauthorizedAccessException)
        {
            // It is looked at again with the next batch, and it is in the log.
        }
    }

    [LoggerMessage(3021, LogLevel.Warning, "In quarantine as {Path}: {Because}")]
    private partial void LogQuarantined(string path, string because);

    [LoggerMessage(3023, LogLevel.Error, "Acknowledged file {Path} cannot be read: {Because}")]
    private partial void LogUnread(string path, string because);
}
