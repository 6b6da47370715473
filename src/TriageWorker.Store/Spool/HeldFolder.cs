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
        try
        {
            // The runtime takes FileShare.None as flock(LOCK_EX | LOCK_NB); the kernel gives it back when the process ends, however it ends.
            return new HeldFolder(new FileStream(Path.Combine(folder, LockName), FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None));
        }
        catch (IOException)
        {
            return null;
        }
    }

    public void Dispose() => _lock.Dispose();
}
