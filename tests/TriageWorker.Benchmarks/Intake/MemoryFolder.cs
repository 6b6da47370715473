namespace TriageWorker.Benchmarks.Intake;

/// <summary>Where senders read from: in memory where the system offers that, so that nothing they have written reaches the disk in a measured run.</summary>
internal sealed class MemoryFolder : IDisposable
{
    private const string SharedMemory = "/dev/shm";
    private const long Needed = 1L << 30;

    /// <param name="otherwise">Where there is no such room.</param>
    public MemoryFolder(string otherwise) =>
        Path = Directory.Exists(SharedMemory) && new DriveInfo(SharedMemory).AvailableFreeSpace > Needed ? System.IO.Path.Combine(SharedMemory, $"triage-bench-{Guid.NewGuid():N}") : otherwise;

    public string Path { get; }

    public void Dispose()
    {
        if (Directory.Exists(Path)) Directory.Delete(Path, recursive: true);
    }
}
