using System.Buffers.Binary;
using System.IO.Compression;
using System.Text;

namespace TriageWorker.Dicom.Tests.Network.Scan;

/// <summary>Small data sets put together byte by byte, with all that a data set may be made of and some that it may not.</summary>
internal sealed class WireSample(bool isExplicit, bool isBigEndian = false)
{
    internal const string StudyUid = "1.2.826.0.1.3680043.2.1125.2";

    private const uint Undefined = 0xFFFF_FFFF, ItemTag = 0xFFFE_E000, ItemEnd = 0xFFFE_E00D, SequenceEnd = 0xFFFE_E0DD;

    /// <summary>Name, transfer syntax and bytes of one sample for each way of encoding.</summary>
    internal static IReadOnlyList<(string Name, string Syntax, byte[] Bytes)> All { get; } =
    [
        ("implicit", DicomUid.ImplicitVRLittleEndian, new WireSample(false).DataSet(isDefined: false, Native(false))),
        ("implicit, defined lengths", DicomUid.ImplicitVRLittleEndian, new WireSample(false).DataSet(isDefined: true, Native(false))),
        ("explicit", DicomUid.ExplicitVRLittleEndian, new WireSample(true).DataSet(isDefined: false, Native(true))),
        ("explicit, defined lengths", DicomUid.ExplicitVRLittleEndian, new WireSample(true).DataSet(isDefined: true, Native(true))),
        ("explicit, oddities", DicomUid.ExplicitVRLittleEndian, Oddities()),
        ("encapsulated", DicomUid.JPEGLosslessSV1, new WireSample(true).DataSet(isDefined: true, Fragments())),
        ("implicit under an explicit syntax", DicomUid.JPEGLosslessSV1, new WireSample(false).DataSet(isDefined: false, Native(false))),
        ("explicit under the implicit syntax", DicomUid.ImplicitVRLittleEndian, new WireSample(true).DataSet(isDefined: true, Native(true))),
        ("big endian", DicomUid.ExplicitVRBigEndian, new WireSample(true, isBigEndian: true).DataSet(isDefined: true, new WireSample(true, isBigEndian: true).Element(0x7FE0_0010, "OW", new byte[8]))),
        ("deflated", DicomUid.DeflatedExplicitVRLittleEndian, Deflated(new WireSample(true).DataSet(isDefined: false, Native(true)))),
    ];

    internal byte[] Element(uint tag, string vr, params ReadOnlySpan<byte> value) => [.. Header(tag, vr, (uint)value.Length), .. value];

    internal byte[] Header(uint tag, string? vr, uint length)
    {
        var bytes = new byte[8];
        WriteTag(bytes, tag);
        if (vr is null || !isExplicit)
        {
            Write(bytes.AsSpan(4), length);
            return bytes;
        }
        Encoding.ASCII.GetBytes(vr, bytes.AsSpan(4));
        if (vr is "OB" or "OW" or "SQ" or "UN" or "UT" or "ZZ")
        {
            var longLength = new byte[4];
            Write(longLength, length);
            return [.. bytes, .. longLength];
        }
        if (isBigEndian) BinaryPrimitives.WriteUInt16BigEndian(bytes.AsSpan(6), (ushort)length);
        else BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(6), (ushort)length);
        return bytes;
    }

    internal byte[] Sequence(uint tag, bool isDefined, params byte[][] items)
    {
        byte[] content = [.. items.SelectMany(item => (byte[])[.. Header(ItemTag, null, isDefined ? (uint)item.Length : Undefined), .. item, .. isDefined ? [] : Header(ItemEnd, null, 0)])];
        return [.. Header(tag, "SQ", isDefined ? (uint)content.Length : Undefined), .. content, .. isDefined ? [] : Header(SequenceEnd, null, 0)];
    }

    /// <summary>A sequence that its sender did not know (PS3.5, 6.2.2): UN of undefined length around items in an encoding of their own.</summary>
    internal byte[] Unknown(uint tag, WireSample inner, byte[] item) =>
        [.. Header(tag, "UN", Undefined), .. inner.Header(ItemTag, null, Undefined), .. item, .. inner.Header(ItemEnd, null, 0), .. inner.Header(SequenceEnd, null, 0)];

    internal byte[] DataSet(bool isDefined, byte[] pixels)
    {
        var code = Element(0x0008_0100, "SH", "25045-6 "u8);
        var inner = Sequence(0x0008_1199, !isDefined, [.. Element(0x0008_1150, "UI", "1.2\0"u8), .. Element(0x0008_1155, "UI", "1.2.3\0"u8)], []);
        return
        [
            .. Element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2\0"u8), .. Element(0x0008_0018, "UI", "1.2.826.0.1.3680043.2.1125.1"u8), .. Element(0x0008_0050, "SH"),
            .. Sequence(0x0008_1032, isDefined, code, [.. code, .. inner]), .. Sequence(0x0008_1140, isDefined), .. Element(0x0010_0010, "PN", "Phantom^One "u8),
            .. Element(0x0020_000D, "UI", "1.2.826.0.1.3680043.2.1125.2"u8), .. Element(0x0020_000E, "UI", "1.2.826.0.1.3680043.2.1125.3"u8),
            .. Element(0x0029_0010, "LO", "ACME"u8), .. Element(0x0029_1001, "OB", 1, 2, 3, 4), .. pixels,
        ];
    }

    private static byte[] Native(bool isExplicit) => new WireSample(isExplicit).Element(0x7FE0_0010, "OW", [1, 0, 2, 0, 3, 0, 4, 0]);

    private static byte[] Fragments()
    {
        var wire = new WireSample(true);
        return
        [
            .. wire.Header(0x7FE0_0010, "OB", Undefined), .. wire.Element(ItemTag, null!, 0, 0, 0, 0, 12, 0, 0, 0), .. wire.Element(ItemTag, null!, 1, 2, 3, 4), .. wire.Element(ItemTag, null!, 5, 6),
            .. wire.Header(SequenceEnd, null, 0),
        ];
    }

    private static byte[] Oddities()
    {
        WireSample wire = new(true), implied = new(false);
        return
        [
            .. wire.Element(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2"u8), // odd
            .. implied.Element(0x0008_0018, "UI", "1.2.3.4 "u8), // no VR, a space for a NUL
            .. wire.Unknown(0x0008_1140, implied, implied.Element(0x0008_1150, "UI", "1.2\0"u8)), .. wire.Unknown(0x0009_1001, wire, wire.Element(0x0008_1150, "UI", "1.2\0"u8)),
            .. implied.Sequence(0x0008_1115, isDefined: true, wire.Element(0x0008_1150, "UI", "1.2\0"u8)), .. wire.Header(SequenceEnd, null, 0), // delimits nothing
            .. wire.Sequence(0x0008_1111, isDefined: true, [.. wire.Element(0x0008_1150, "UI", "1.2\0"u8), .. wire.Header(ItemEnd, null, 0)]),
            .. wire.Element(0x0009_1002, "ZZ", 1, 2, 3, 4), // a VR of a later edition
            .. wire.Element(0x0020_000D, "UI", "1.2.826.0.1.3680043.2.1125.2"u8), .. wire.Element(0x0020_000E, "UI", "1.2.5\0"u8), .. new byte[11], // padding
        ];
    }

    private static byte[] Deflated(byte[] plain)
    {
        var packed = new MemoryStream();
        using (var deflate = new DeflateStream(packed, CompressionLevel.Optimal)) deflate.Write(plain);
        return [.. packed.ToArray(), 0];
    }

    private void WriteTag(Span<byte> at, uint tag)
    {
        if (isBigEndian) Write(at, tag);
        else Write(at, (tag << 16) | (tag >> 16));
    }

    private void Write(Span<byte> at, uint value)
    {
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(at, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(at, value);
    }
}
