using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>What a sender must know of a Part 10 file: its file meta, and where the data set starts (PS3.10, 7.1).</summary>
/// <param name="DataSetOffset">Bytes before the data set.</param>
internal sealed record Part10Head(string Path, string SopClassUid, string SopInstanceUid, string TransferSyntax, long DataSetOffset)
{
    private const int Preamble = 128, GroupLengthElement = 12, MaxMetaLength = 1024 * 1024;
    private const uint MediaStorageSopClass = 0x0002_0002, MediaStorageSopInstance = 0x0002_0003, TransferSyntaxTag = 0x0002_0010;

    /// <exception cref="DicomNetworkException">The file is no Part 10 file, or its meta lacks what sending needs.</exception>
    public static Part10Head Read(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[Preamble + 4 + GroupLengthElement];
        // (0002,0000) UL, length 4: the group length says where the meta ends.
        if (RandomAccess.Read(file, start, 0) < start.Length || !start.Slice(Preamble, 4).SequenceEqual("DICM"u8)
            || !start[(Preamble + 4)..].StartsWith("\u0002\0\0\0UL\u0004\0"u8))
        {
            throw Unsuitable(path, "is no DICOM Part 10 file");
        }

        var length = BinaryPrimitives.ReadUInt32LittleEndian(start[(Preamble + 4 + 8)..]);
        if (length > MaxMetaLength) throw Unsuitable(path, $"declares {length} bytes of file meta");
        var meta = new byte[length];
        if (RandomAccess.Read(file, meta, start.Length) < meta.Length) throw Unsuitable(path, "ends within its file meta");
        return Parse(path, meta, start.Length + length);
    }

    private static Part10Head Parse(string path, ReadOnlySpan<byte> meta, long dataSetOffset)
    {
        string sopClass = "", sopInstance = "", syntax = "";
        while (meta.Length >= ElementHeader.ShortSize)
        {
            var size = ElementHeader.SizeOf(meta, isExplicit: true, isBigEndian: false);
            if (meta.Length < size || !ElementHeader.TryRead(meta[..size], isExplicit: true, isBigEndian: false, out var header)
                || header.Length > (uint)(meta.Length - size))
            {
                throw Unsuitable(path, "has malformed file meta");
            }

            var value = meta.Slice(size, (int)header.Length);
            meta = meta[(size + (int)header.Length)..];
            switch (header.Tag)
            {
                case MediaStorageSopClass: PduText.TryUid(value, out sopClass); break;
                case MediaStorageSopInstance: PduText.TryUid(value, out sopInstance); break;
                case TransferSyntaxTag: PduText.TryUid(value, out syntax); break;
            }
        }

        if (sopClass.Length == 0 || sopInstance.Length == 0 || syntax.Length == 0)
        {
            throw Unsuitable(path, "lacks SOP class, SOP instance or transfer syntax in its file meta");
        }

        return new Part10Head(path, sopClass, sopInstance, syntax, dataSetOffset);
    }

    private static DicomNetworkException Unsuitable(string path, string why) =>
        new(NetworkFault.UnsuitableFile, $"'{path}' {why}: it cannot be sent.", isRetryWorthwhile: false);
}
