using System.Security.Cryptography;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Store;

/// <summary>A sealed file that has no row yet, as the file itself tells it.</summary>
/// <param name="Part">Its path in <c>incoming</c>.</param>
/// <param name="Scan">The attributes of the first row; the scan stopped behind them.</param>
public sealed record SpooledObject(string Part, SpoolMark Mark, Part10Head Head, DataSetScan Scan)
{
    /// <summary>Who brought it: a title, or the name of a <see cref="WebCaller"/>.</summary>
    public string Caller => WebCaller.Presented(Head.SourceAddress)?.Name ?? Head.SourceAe;

    private const int BlockSize = 16 * 1024;
    private const int MediumError = 5; // EIO; the runtime hands on the errno where it has no name of its own

    /// <returns>Null when the file is not sealed, or is gone.</returns>
    /// <exception cref="IOException">It cannot be read now, or <see cref="IsUnreadable"/> for ever.</exception>
    internal static SpooledObject? Read(string part)
    {
        try
        {
            using var file = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
            var block = new byte[BlockSize];
            if (file.ReadAtLeast(block.AsSpan(0, SpoolMark.Size), SpoolMark.Size, throwOnEndOfStream: false) < SpoolMark.Size) return null;
            if (SpoolMark.Read(block) is not { } mark) return null;
            var head = Part10Head.Read(part);
            using var scan = new DataSetScan(AcceptedSyntaxes.EncodingOf(head.TransferSyntax));
            file.Position = mark.DataSetOffset;
            int count;
            while (!scan.HasPassedWanted && !scan.IsLost && (count = file.Read(block)) > 0) scan.Feed(block.AsSpan(0, count));
            return new SpooledObject(part, mark, head, scan);
        }
        catch (Exception gone) when (gone is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    /// <summary>True when its bytes are gone, and not only out of reach for the moment (too many open files, no rights).</summary>
    internal static bool IsUnreadable(Exception error) => error is DicomNetworkException or IOException { HResult: MediumError };

    internal static string Unreadable(Exception error) => $"it was acknowledged, but cannot be read: {error.Message}";

    /// <summary>What makes the file no whole object after a crash; null when length and digest, taken from its bytes, agree with its mark.</summary>
    internal static string? Fault(string part)
    {
        using var file = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var preamble = new byte[SpoolMark.Size];
        file.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false);
        if (SpoolMark.Read(preamble) is not { } mark) return "it has no mark: its sender never got a success";
        if (file.Length != mark.DataSetOffset + mark.DataSetLength) return $"it has {file.Length} bytes instead of {mark.DataSetOffset + mark.DataSetLength}";
        file.Position = mark.DataSetOffset;
        return SHA256.HashData(file).AsSpan().SequenceEqual(mark.Digest) ? null : "its digest does not match its mark";
    }

    /// <summary>What has become of a file that was whole once; null when it still is, or is one of our own, which have no mark.</summary>
    internal static string? Rot(string path)
    {
        try
        {
            return DigestOf(path) is null ? null : Fault(path);
        }
        catch (IOException unread) when (unread.HResult == MediumError)
        {
            return $"there are bytes that cannot be read: {unread.Message}";
        }
        catch (FileNotFoundException)
        {
            return null; // retention has it in hand
        }
    }

    /// <summary>The digest that the mark of a whole file says; null when it has none.</summary>
    internal static byte[]? DigestOf(string part)
    {
        using var file = new FileStream(part, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete, bufferSize: 0);
        var preamble = new byte[SpoolMark.Size];
        file.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false);
        return SpoolMark.Read(preamble)?.Digest;
    }
}
