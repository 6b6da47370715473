using System.Buffers.Binary;

namespace TriageWorker.Dicom;

/// <summary>Tag, value representation and length of one element (PS3.5, 7.1).</summary>
internal readonly record struct ElementHeader(DicomTag Tag, DicomVR VR, uint Length)
{
    internal const uint UndefinedLength = 0xFFFF_FFFF;

    internal bool IsUndefined => Length == UndefinedLength;
}

/// <summary>Reads element headers in one of the encodings.</summary>
internal static class ElementHeaders
{
    private const ushort DelimiterGroup = 0xFFFE;

    /// <summary>Reads a header whose 8 or 12 bytes may be cut: then false. VR None: the encoding does not say it.</summary>
    internal static bool TryRead(ByteSource source, bool isExplicit, bool isBigEndian, out ElementHeader header, out bool wasImplicit)
    {
        header = default;
        wasImplicit = !isExplicit;
        Span<byte> head = stackalloc byte[8];
        if (!source.TryRead(head)) return false;
        var tag = new DicomTag(UInt16(head, isBigEndian), UInt16(head[2..], isBigEndian));
        if (!isExplicit || tag.Group == DelimiterGroup)
        {
            header = new ElementHeader(tag, DicomVR.None, UInt32(head[4..], isBigEndian));
            return true;
        }
        var vr = (DicomVR)((head[4] << 8) | head[5]);
        if (vr.IsKnown && !vr.HasLongLength)
        {
            header = new ElementHeader(tag, vr, UInt16(head[6..], isBigEndian));
            return true;
        }
        if (!AreLetters(head[4], head[5]))
        {
            wasImplicit = true; // some writers fall back to implicit within an explicit data set
            header = new ElementHeader(tag, DicomVR.None, UInt32(head[4..], isBigEndian));
            return true;
        }
        Span<byte> longLength = stackalloc byte[4];
        if (!source.TryRead(longLength)) return false;
        header = new ElementHeader(tag, vr.IsKnown ? vr : DicomVR.UN, UInt32(longLength, isBigEndian)); // letters of a later edition: 32-bit length (PS3.5, 6.2)
        return true;
    }

    internal static bool AreLetters(byte first, byte second) => first is >= (byte)'A' and <= (byte)'Z' && second is >= (byte)'A' and <= (byte)'Z';

    internal static ushort UInt16(ReadOnlySpan<byte> at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    internal static uint UInt32(ReadOnlySpan<byte> at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);
}
