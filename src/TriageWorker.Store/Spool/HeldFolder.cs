namespace TriageWorker.Store;

/// <summary>A folder that one process holds for as long as it lives.</summary>
public sealed class HeldFolder : IDisposable
{
    private const string LockName = ".lock";

    private readonly FileStream _lock;

    private HeldFolder(FileStream held) => _lock = held;

    /// <returns>Null when another process holds it, or it is gone.</returns>
    /// <exception cref="UnauthorizedAccessException">It belongs to another user.</exception>
    public static HeldFolder? TryHold(string folder)
    {
        var path = Path.Combine(folder, LockName);
        try
        {
            // The runtime takes FileShare.None as flock(LOCK_EX | LOCK_NB); the kernel gives it back when the process ends, however it ends.
            var held = new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
            if (File.Exists(path)) return new HeldFolder(held);

            // Between our open and our lock another process held the folder, and removed it.
            held.Dispose();
            return null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>Removes the folder that is held.</summary>
    /// <remarks>It goes by a new name first: at no moment does it lie under its own without its lock file, for whoever has just made it to hold.</remarks>
    public static void Remove(string folder)
    {
        var removed = folder + ".removed";
        Directory.Move(folder, removed);
        Directory.Delete(removed, recursive: true);
    }

    public void Dispose() => _lock.Dispose();
}
