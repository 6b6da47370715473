using System.Diagnostics;

namespace TriageWorker.Store;

/// <summary>How a spool's folders behave, tried from outside with a file of its own that is gone afterwards.</summary>
/// <param name="IsMade">False: no process has used it yet; only that it could be made was tried.</param>
/// <param name="Fault">What did not work; null when all did.</param>
/// <param name="Syncs">What each sync of a small file took; none when it came to nothing.</param>
/// <param name="FileSystem">As the kernel calls it.</param>
public sealed record SpoolProbe(bool IsMade, string? Fault, IReadOnlyList<TimeSpan> Syncs, string FileSystem, long FreeBytes)
{
    private const int Tries = 9, Bytes = 4096;

    /// <summary>Writes, syncs and links as intake does. Blocks for as long as the disk does.</summary>
    public static SpoolProbe Try(SpoolOptions options)
    {
        var root = Path.GetFullPath(options.Folder);
        var existing = NearestExisting(root);
        var (incoming, objects) = (Path.Combine(root, "incoming"), Path.Combine(root, "objects"));
        var isMade = Directory.Exists(incoming) && Directory.Exists(objects);
        var syncs = new List<TimeSpan>();
        var fault = isMade ? TryFile(incoming, objects, syncs) : TryFile(existing, existing, syncs);
        var volume = new DriveInfo(existing);
        return new SpoolProbe(isMade, fault, syncs, volume.DriveFormat, volume.AvailableFreeSpace);
    }

    private static string? TryFile(string incoming, string objects, List<TimeSpan> syncs)
    {
        var name = $".probe-{Guid.NewGuid():N}";
        var (file, link) = (Path.Combine(incoming, name), Path.Combine(objects, name + ".linked"));
        try
        {
            Sync(file, syncs);
            Posix.Link(file, link);
            Posix.SyncFolder(objects);
            return null;
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
        finally
        {
            Remove(link);
            Remove(file);
        }
    }

    private static void Sync(string path, List<TimeSpan> syncs)
    {
        var bytes = new byte[Bytes];
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        for (var i = 0; i < Tries; i++)
        {
            RandomAccess.Write(file, bytes, (long)i * Bytes);
            var began = Stopwatch.GetTimestamp();
            Posix.SyncFile(file, path);
            syncs.Add(Stopwatch.GetElapsedTime(began));
        }
    }

    internal static void Remove(string path)
    {
        try
        {
            File.Delete(path);
        }
        catch (Exception left) when (left is IOException or UnauthorizedAccessException)
        {
            // It was never made, or the volume has just become read-only, which the fault says.
        }
    }

    private static string NearestExisting(string path)
    {
        var folder = new DirectoryInfo(path);
        while (!folder.Exists) folder = folder.Parent!;
        return folder.FullName;
    }
}
