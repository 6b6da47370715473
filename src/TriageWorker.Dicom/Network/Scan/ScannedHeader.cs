using System.Buffers.Binary;

namespace TriageWorker.Dicom.Network;

/// <summary>Tag, VR and length of one element as encoded (PS3.5, 7.1).</summary>
internal readonly record struct ScannedHeader(uint Tag, ushort Vr, uint Length)
{
    public const int ShortSize = 8, LongSize = 12;
    public const uint Undefined = 0xFFFF_FFFF;
    public const ushort None = 0;
    public const ushort Sq = ('S' << 8) | 'Q', Un = ('U' << 8) | 'N', Ob = ('O' << 8) | 'B', Ow = ('O' << 8) | 'W';

    public bool IsDelimiter => Tag >> 16 == 0xFFFE;

    /// <summary>How many bytes the header has whose first eight are given.</summary>
    public static int SizeOf(ReadOnlySpan<byte> first, bool isExplicit, bool isBigEndian) =>
        isExplicit && TagOf(first, isBigEndian) >> 16 != 0xFFFE && !HasShortLength(VrOf(first)) ? LongSize : ShortSize;

    /// <returns>False when an explicit VR is no VR at all.</returns>
    public static bool TryRead(ReadOnlySpan<byte> bytes, bool isExplicit, bool isBigEndian, out ScannedHeader header)
    {
        var tag = TagOf(bytes, isBigEndian);
        if (!isExplicit || tag >> 16 == 0xFFFE)
        {
            header = new ScannedHeader(tag, None, ReadUInt32(bytes[4..], isBigEndian));
            return true;
        }

        var vr = VrOf(bytes);
        var length = bytes.Length == ShortSize
            ? isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(bytes[6..]) : BinaryPrimitives.ReadUInt16LittleEndian(bytes[6..])
            : ReadUInt32(bytes[8..], isBigEndian);
        header = new ScannedHeader(tag, vr, length);
        return vr >> 8 is >= 'A' and <= 'Z' && (vr & 0xFF) is >= 'A' and <= 'Z';
    }

    private static ushort VrOf(ReadOnlySpan<byte> bytes) => BinaryPrimitives.ReadUInt16BigEndian(bytes[4..]);

    private static uint TagOf(ReadOnlySpan<byte> bytes, bool isBigEndian) => isBigEndian
        ? ((uint)BinaryPrimitives.ReadUInt16BigEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16BigEndian(bytes[2..])
        : ((uint)BinaryPrimitives.ReadUInt16LittleEndian(bytes) << 16) | BinaryPrimitives.ReadUInt16LittleEndian(bytes[2..]);

    private static uint ReadUInt32(ReadOnlySpan<byte> bytes, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(bytes) : BinaryPrimitives.ReadUInt32LittleEndian(bytes);

    // PS3.5, table 7.1-2; every other VR, also one of a later edition, has a 32-bit length (7.1.2).
    private static bool HasShortLength(ushort vr) => (char)(vr >> 8) switch
    {
        'A' => (vr & 0xFF) is 'E' or 'S' or 'T',
        'C' => (vr & 0xFF) is 'S',
        'D' => (vr & 0xFF) is 'A' or 'S' or 'T',
        'F' => (vr & 0xFF) is 'L' or 'D',
        'I' => (vr & 0xFF) is 'S',
        'L' => (vr & 0xFF) is 'O' or 'T',
        'P' => (vr & 0xFF) is 'N',
        'S' => (vr & 0xFF) is 'H' or 'L' or 'S' or 'T',
        'T' => (vr & 0xFF) is 'M',
        'U' => (vr & 0xFF) is 'I' or 'L' or 'S',
        _ => false,
    };
}
