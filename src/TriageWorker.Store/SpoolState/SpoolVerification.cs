using System.Security.Cryptography;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Store;

/// <param name="Path">Absolute.</param>
/// <param name="Because">What is wrong with it.</param>
public sealed record SpoolFault(string Path, string Because);

/// <summary>Reads every file of a spool again and compares it with the digest that it is named by. It needs no database and changes nothing.</summary>
public sealed class SpoolVerification(SpoolOptions options)
{
    private readonly string _objects = Path.Combine(Path.GetFullPath(options.Folder), ContentAddress.Folder);

    /// <summary>False: there is no spool here.</summary>
    public bool IsThere => Directory.Exists(_objects);

    /// <summary>How many files there are.</summary>
    public int Count(CancellationToken stop) => Files().TakeWhile(_ => !stop.IsCancellationRequested).Count();

    /// <summary>Each file that is not as it was, as it is found.</summary>
    /// <param name="read">Called once for each file.</param>
    public IEnumerable<SpoolFault> Faults(Action read, CancellationToken stop)
    {
        foreach (var file in Files())
        {
            stop.ThrowIfCancellationRequested();
            if (Fault(file) is { } because) yield return new SpoolFault(file, because);
            read();
        }
    }

    private IEnumerable<string> Files() => Directory.EnumerateDirectories(_objects).Order(StringComparer.Ordinal).SelectMany(folder => Directory.EnumerateFiles(folder));

    private string? Fault(string file)
    {
        try
        {
            if (ContentAddress.DigestOf(Path.Combine(ContentAddress.Folder, Path.GetRelativePath(_objects, file))) is not { } digest) return "its name is not that of a content";
            if (SpooledObject.DigestOf(file) is { } marked)
                return SpooledObject.Fault(file) ?? (marked.AsSpan().SequenceEqual(digest) ? null : "its content is not the one that it is named by");
            return DigestOf(file).AsSpan().SequenceEqual(digest) ? null : "its content is not the one that it is named by";
        }
        catch (DicomNetworkException broken)
        {
            return broken.Message;
        }
        catch (FileNotFoundException)
        {
            return null; // retention removed it meanwhile
        }
        catch (Exception unread) when (unread is IOException or UnauthorizedAccessException)
        {
            return $"it cannot be read: {unread.Message}";
        }
    }

    // Documents of our own have no mark: their name alone says what they hold.
    private static byte[] DigestOf(string file)
    {
        var head = Part10Head.Read(file);
        using var stream = new FileStream(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        stream.Position = head.DataSetOffset;
        return SHA256.HashData(stream);
    }
}
