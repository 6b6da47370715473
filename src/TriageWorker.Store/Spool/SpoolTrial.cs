using System.Security.Cryptography;

namespace TriageWorker.Store;

/// <summary>Whether a volume that has failed holds again: a new file goes the way of an object and is read back. A file that failed is never tried again itself.</summary>
internal static class SpoolTrial
{
    private const int Bytes = 1 << 20;

    /// <summary>What did not work; null when all did.</summary>
    public static string? Fault(string incoming, string objects)
    {
        var name = $".trial-{Guid.NewGuid():N}";
        var (file, link) = (Path.Combine(incoming, name), Path.Combine(objects, name));
        try
        {
            var bytes = RandomNumberGenerator.GetBytes(Bytes);
            Write(file, bytes);
            Posix.SyncFolder(incoming);
            Posix.Link(file, link);
            Posix.SyncFolder(objects);
            return ReadBack(link).AsSpan().SequenceEqual(bytes) ? null : "what was written and synced is read back as something else";
        }
        catch (Exception fault) when (fault is IOException or UnauthorizedAccessException)
        {
            return fault.Message;
        }
        finally
        {
            SpoolProbe.Remove(link);
            SpoolProbe.Remove(file);
        }
    }

    private static void Write(string path, byte[] bytes)
    {
        using var file = File.OpenHandle(path, FileMode.CreateNew, FileAccess.Write);
        RandomAccess.Write(file, bytes, 0);
        Posix.SyncFile(file, path);
        Posix.Forget(file);
    }

    private static byte[] ReadBack(string path)
    {
        using var file = File.OpenHandle(path);
        var bytes = new byte[RandomAccess.GetLength(file)];
        for (var read = 0; read < bytes.Length;)
        {
            var count = RandomAccess.Read(file, bytes.AsSpan(read), read);
            if (count == 0) return bytes[..read];
            read += count;
        }

        return bytes;
    }
}
