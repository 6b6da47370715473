using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>What the file meta of a Part 10 file says, and where its data set starts (PS3.10, 7.1). Reads nothing else.</summary>
/// <param name="DataSetOffset">Bytes before the data set.</param>
public sealed record Part10Head(string Path, string SopClassUid, string SopInstanceUid, string TransferSyntax, long DataSetOffset)
{
    /// <summary>Source Application Entity Title (0002,0016): who sent the object; empty when not said.</summary>
    public string SourceAe { get; init; } = "";

    /// <summary>Receiving Application Entity Title (0002,0018); empty when not said.</summary>
    public string ReceivingAe { get; init; } = "";

    /// <summary>Source Presentation Address (0002,0026): where the object came from, of a sender that has no title; empty when not said.</summary>
    public string SourceAddress { get; init; } = "";

    private const int Preamble = 128, GroupLengthElement = 12, StartLength = Preamble + 4 + GroupLengthElement, ShortestElementHead = 8, LongestElementHead = 12, MaxMetaLength = 1024 * 1024;
    private static readonly ElementCoding Explicit = ElementCoding.Of(Dicom.TransferSyntax.ExplicitVRLittleEndian);
    private const uint MediaStorageSopClass = 0x0002_0002, MediaStorageSopInstance = 0x0002_0003, TransferSyntaxTag = 0x0002_0010,
        SourceAeTag = 0x0002_0016, ReceivingAeTag = 0x0002_0018, SourceAddressTag = 0x0002_0026;

    /// <exception cref="DicomNetworkException">The file is no Part 10 file, or its meta lacks what sending needs.</exception>
    public static Part10Head Read(string path)
    {
        using var file = File.OpenHandle(path);
        Span<byte> start = stackalloc byte[StartLength];
        var length = MetaLength(path, RandomAccess.Read(file, start, 0) < start.Length ? [] : start);
        var meta = new byte[length];
        if (RandomAccess.Read(file, meta, start.Length) < meta.Length) throw Unsuitable(path, "ends within its file meta");
        return Parse(path, meta, start.Length + length);
    }

    /// <summary>From a stream, which stands at the data set afterwards.</summary>
    /// <param name="name">What to call it in messages.</param>
    /// <inheritdoc cref="Read"/>
    public static async ValueTask<Part10Head> ReadAsync(string name, Stream stream, CancellationToken stop)
    {
        var start = new byte[StartLength];
        var length = MetaLength(name, await stream.ReadAtLeastAsync(start, start.Length, throwOnEndOfStream: false, stop) < start.Length ? [] : start);
        var meta = new byte[length];
        if (await stream.ReadAtLeastAsync(meta, meta.Length, throwOnEndOfStream: false, stop) < meta.Length) throw Unsuitable(name, "ends within its file meta");
        return Parse(name, meta, start.Length + length);
    }

    // (0002,0000) UL, length 4: the group length says where the meta ends.
    private static int MetaLength(string path, ReadOnlySpan<byte> start)
    {
        if (start.IsEmpty || !start.Slice(Preamble, 4).SequenceEqual("DICM"u8) || !start[(Preamble + 4)..].StartsWith("\u0002\0\0\0UL\u0004\0"u8))
            throw Unsuitable(path, "is no DICOM Part 10 file");
        var length = BinaryPrimitives.ReadUInt32LittleEndian(start[(Preamble + 4 + 8)..]);
        return length <= MaxMetaLength ? (int)length : throw Unsuitable(path, $"declares {length} bytes of file meta");
    }

    private static Part10Head Parse(string path, ReadOnlySpan<byte> meta, long dataSetOffset)
    {
        string sopClass = "", sopInstance = "", syntax = "", source = "", receiving = "", address = "";
        while (meta.Length >= ShortestElementHead)
        {
            if (!ElementHeader.TryParse(meta[..Math.Min(LongestElementHead, meta.Length)], Explicit, meta.Length, out var header)
                || header.Fault is not null || header.Length > (uint)(meta.Length - header.Size))
            {
                throw Unsuitable(path, "has malformed file meta");
            }

            var value = meta.Slice(header.Size, (int)header.Length);
            meta = meta[(header.Size + (int)header.Length)..];
            switch (header.Tag.Value)
            {
                case MediaStorageSopClass: PduText.TryUid(value, out sopClass); break;
                case MediaStorageSopInstance: PduText.TryUid(value, out sopInstance); break;
                case TransferSyntaxTag: PduText.TryUid(value, out syntax); break;
                case SourceAeTag: source = PduText.Trimmed(value); break;
                case ReceivingAeTag: receiving = PduText.Trimmed(value); break;
                case SourceAddressTag: address = PduText.Trimmed(value); break;
            }
        }

        if (sopClass.Length == 0 || sopInstance.Length == 0 || syntax.Length == 0)
        {
            throw Unsuitable(path, "lacks SOP class, SOP instance or transfer syntax in its file meta");
        }

        return new Part10Head(path, sopClass, sopInstance, syntax, dataSetOffset) { SourceAe = source, ReceivingAe = receiving, SourceAddress = address };
    }

    private static DicomNetworkException Unsuitable(string path, string why) =>
        new(NetworkFault.UnsuitableFile, $"'{path}' {why}: it cannot be used.", isRetryWorthwhile: false);
}
