using System.Collections.Concurrent;

namespace TriageWorker.Store;

/// <summary>Names in the incoming folder, made and synced ahead of need.</summary>
/// <remarks>A new name survives a crash only once its folder is synced, which costs as much as syncing the file. Made beforehand,
/// many names share one sync, and an object waits for its own bytes alone.</remarks>
internal sealed class PartNames(string folder, Action<string> syncFolder)
{
    private const int Kept = 128, Low = 96;

    private readonly ConcurrentQueue<string> _ready = new();
    private readonly ConcurrentDictionary<string, byte> _unsealed = new(StringComparer.Ordinal);

    /// <summary>Woken when <see cref="Fill"/> is worth its while.</summary>
    public AsyncSignal RunLow { get; } = new();

    /// <summary>True for names that hold no sealed object: spare ones and those being written.</summary>
    public bool IsUnsealed(string path) => _unsealed.ContainsKey(path);

    /// <summary>A name of an empty file.</summary>
    /// <param name="isSynced">False when none was left and the folder has yet to be synced.</param>
    public string Take(out bool isSynced)
    {
        if (_ready.Count <= Low) RunLow.Wake();
        isSynced = _ready.TryDequeue(out var path);
        return path ?? Make();
    }

    /// <summary>The file is sealed, moved or removed.</summary>
    public void Release(string path) => _unsealed.TryRemove(path, out _);

    /// <summary>Makes names until enough are there, and syncs the folder once.</summary>
    public void Fill()
    {
        var made = new List<string>();
        while (_ready.Count + made.Count < Kept) made.Add(Make());
        if (made.Count == 0) return;
        try
        {
            syncFolder(folder);
        }
        catch (IOException)
        {
            made.ForEach(Discard);
            throw;
        }

        made.ForEach(_ready.Enqueue);
    }

    /// <summary>Removes the names nobody took.</summary>
    public void Clear()
    {
        while (_ready.TryDequeue(out var path)) Discard(path);
    }

    private void Discard(string path)
    {
        File.Delete(path);
        Release(path);
    }

    private string Make()
    {
        var path = Path.Combine(folder, $"{Guid.CreateVersion7():N}{Spool.PartExtension}");
        _unsealed.TryAdd(path, 0); // before the file is there, so that the backlog never sees it
        File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write).Dispose();
        return path;
    }
}
