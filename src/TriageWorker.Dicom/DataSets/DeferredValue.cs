namespace TriageWorker.Dicom;

/// <summary>Values that stayed in their file.</summary>
internal static class DeferredValue
{
    internal static byte[] Read(DicomElement element)
    {
        if (element.BulkDataUri is { } address) throw new InvalidOperationException($"The value of {element.Tag} lies at {address}: fetch it first.");
        var bytes = Read(element.SourcePath, element.Tag, element.FileOffset, element.Length - element.MissingBytes);
        if (element.SourceIsBigEndian) Swap(bytes, element.VR.WordSize);
        return bytes;
    }

    internal static byte[] Read(string? path, DicomTag tag, long offset, long length)
    {
        if (path is null)
            throw new InvalidOperationException($"{tag} was deferred while reading a stream; read its bytes from that stream at offset {offset}.");
        using var file = File.OpenHandle(path);
        var bytes = new byte[length];
        var done = 0;
        while (done < bytes.Length)
        {
            var read = RandomAccess.Read(file, bytes.AsSpan(done), offset + done);
            if (read == 0) throw new DicomFormatException($"The file ends before the {length} bytes that it had when it was opened", offset + done, tag);
            done += read;
        }
        return bytes;
    }

    /// <summary>Turns the words of a value around in place.</summary>
    internal static void Swap(Span<byte> bytes, int wordSize)
    {
        if (wordSize == 1) return;
        for (; bytes.Length >= wordSize; bytes = bytes[wordSize..]) bytes[..wordSize].Reverse();
    }
}
