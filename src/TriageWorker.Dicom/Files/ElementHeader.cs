namespace TriageWorker.Dicom;

/// <summary>Tag, value representation and length of one element (PS3.5, 7.1).</summary>
/// <param name="VR">None: the encoding does not say it. UN for letters that nobody knows.</param>
/// <param name="Size">Bytes of the head itself.</param>
/// <param name="Fault">What is wrong with it and was tolerated.</param>
internal readonly record struct ElementHeader(DicomTag Tag, DicomVR VR, uint Length, byte Size, DicomRemarkKind? Fault = null)
{
    internal const uint UndefinedLength = 0xFFFF_FFFF;

    private const int Short = 8, Long = 12;

    internal bool IsUndefined => Length == UndefinedLength;

    internal bool IsDelimiter => Tag.Group == DicomTag.Item.Group;

    /// <summary>Reads a head; false when it is cut.</summary>
    /// <param name="head">As many bytes as there are, up to 12.</param>
    /// <param name="room">Bytes that the attribute has, head included: decides what a head is that is not in the declared encoding.</param>
    internal static bool TryParse(ReadOnlySpan<byte> head, ElementCoding coding, long room, out ElementHeader header)
    {
        header = default;
        if (head.Length < Short) return false;
        var tag = ByteOrder.Tag(head, coding.IsBigEndian);
        if (tag.Group == DicomTag.Item.Group)
        {
            header = Implicit(tag, head, coding);
            return true;
        }
        if (!coding.IsExplicit)
        {
            header = Implicit(tag, head, coding);
            // Two letters where a length that nothing can have should be: an explicit element that was left in an implicit data set.
            return header.IsUndefined || header.Length + (long)Short <= room || !VrAt(head).IsKnown
                || TryParseExplicit(tag, head, coding, DicomRemarkKind.UnexpectedlyExplicit, out header);
        }
        if (VrAt(head).IsKnown) return TryParseExplicit(tag, head, coding, null, out header);
        if (AreLetters(head)) return TryParseUnknown(tag, head, coding, out header);
        header = Implicit(tag, head, coding) with { Fault = DicomRemarkKind.NoVR }; // some writers fall back to implicit within an explicit data set
        return header.IsUndefined || header.Length + (long)Short <= room || !ArePrintable(head) || TryParseUnknown(tag, head, coding, out header);
    }

    internal static DicomVR VrAt(ReadOnlySpan<byte> head) => (DicomVR)((head[4] << 8) | head[5]);

    private static ElementHeader Implicit(DicomTag tag, ReadOnlySpan<byte> head, ElementCoding coding) =>
        new(tag, DicomVR.None, ByteOrder.UInt32(head[4..], coding.IsBigEndian), Short);

    private static bool TryParseExplicit(DicomTag tag, ReadOnlySpan<byte> head, ElementCoding coding, DicomRemarkKind? fault, out ElementHeader header)
    {
        var vr = VrAt(head);
        header = new ElementHeader(tag, vr, ByteOrder.UInt16(head[6..], coding.IsBigEndian), Short, fault);
        if (!vr.HasLongLength) return true;
        if (head.Length < Long) return false;
        header = new ElementHeader(tag, vr, ByteOrder.UInt32(head[8..], coding.IsBigEndian), Long, fault);
        return true;
    }

    /// <summary>Letters of a later edition have a 32-bit length (PS3.5, 6.2) after two zero bytes; where these are none, it is a 16-bit one.</summary>
    private static bool TryParseUnknown(DicomTag tag, ReadOnlySpan<byte> head, ElementCoding coding, out ElementHeader header)
    {
        var isShort = head[6] != 0 || head[7] != 0;
        header = isShort
            ? new ElementHeader(tag, DicomVR.UN, ByteOrder.UInt16(head[6..], coding.IsBigEndian), Short, DicomRemarkKind.UnknownVR)
            : new ElementHeader(tag, DicomVR.UN, head.Length < Long ? 0 : ByteOrder.UInt32(head[8..], coding.IsBigEndian), Long, DicomRemarkKind.UnknownVR);
        return isShort || head.Length >= Long;
    }

    private static bool AreLetters(ReadOnlySpan<byte> head) => head[4] is >= (byte)'A' and <= (byte)'Z' && head[5] is >= (byte)'A' and <= (byte)'Z';

    private static bool ArePrintable(ReadOnlySpan<byte> head) => head[4] is >= 0x20 and < 0x7F && head[5] is >= 0x20 and < 0x7F;
}
