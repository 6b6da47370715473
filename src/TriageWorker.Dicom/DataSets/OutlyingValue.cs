namespace TriageWorker.Dicom;

/// <summary>A value that is not, or not wholly, in memory.</summary>
/// <param name="Length">What the head declares.</param>
/// <param name="Missing">How much of it the file does not have.</param>
internal sealed record OutlyingValue(long Length, long Missing, bool IsDeferred, string? Path)
{
    /// <exception cref="InvalidOperationException">There is no path to read it from.</exception>
    internal static byte[] Read(string? path, DicomTag tag, long offset, long length)
    {
        using var file = Open(path, tag, offset);
        var bytes = new byte[length];
        for (var done = 0; done < bytes.Length;) done += ReadSome(file, bytes.AsSpan(done), tag, offset + done);
        return bytes;
    }

    /// <summary>Hands the value on piece by piece, so that one of gigabytes needs no memory.</summary>
    internal static void Copy(string? path, DicomTag tag, long offset, long length, Action<ReadOnlyMemory<byte>> take)
    {
        using var file = Open(path, tag, offset);
        var piece = new byte[Math.Min(length, 1 << 16)];
        while (length > 0)
        {
            var read = ReadSome(file, piece.AsSpan(0, (int)Math.Min(length, piece.Length)), tag, offset);
            take(piece.AsMemory(0, read));
            offset += read;
            length -= read;
        }
    }

    private static Microsoft.Win32.SafeHandles.SafeFileHandle Open(string? path, DicomTag tag, long offset) => path is null
        ? throw new InvalidOperationException($"{tag} was deferred while reading a stream; read its bytes from that stream at offset {offset}.")
        : File.OpenHandle(path);

    private static int ReadSome(Microsoft.Win32.SafeHandles.SafeFileHandle file, Span<byte> target, DicomTag tag, long offset) =>
        RandomAccess.Read(file, target, offset) is var read and > 0
            ? read
            : throw new DicomFormatException("The file ends before what it held when it was opened", offset, tag);
}

/// <summary>Compressed pixel data.</summary>
internal sealed record EncapsulatedValue(IReadOnlyList<DicomFragment> Fragments, long Missing, string? Path);
