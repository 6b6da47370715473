using System.Buffers.Binary;
using System.Text;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>A small CT object put together byte by byte, so that the tests of the wire need no other part of the room.</summary>
internal sealed class SampleObject
{
    public const string CtImageStorage = "1.2.840.10008.5.1.4.1.1.2";

    public string SopInstanceUid { get; init; } = "1.2.826.0.1.3680043.2.1125.1";

    public string StudyUid { get; init; } = "1.2.826.0.1.3680043.2.1125.2";

    public string SeriesUid { get; init; } = "1.2.826.0.1.3680043.2.1125.3";

    public string TransferSyntax { get; init; } = DicomUid.ExplicitVRLittleEndian;

    public int PixelBytes { get; init; } = 32 * 32 * 2;

    /// <summary>How the nested sequence is closed; DCMTK's sender turns delimiters into lengths.</summary>
    public bool UsesDelimiters { get; init; } = true;

    private bool IsExplicit => TransferSyntax != DicomUid.ImplicitVRLittleEndian;

    /// <summary>The data set as it goes over the wire.</summary>
    public byte[] DataSet()
    {
        var pixels = new byte[PixelBytes];
        new Random(7).NextBytes(pixels);
        return [.. DataSetHead(), .. pixels];
    }

    /// <summary>The data set up to the first byte of its pixels.</summary>
    public byte[] DataSetHead()
    {
        var inner = Element(0x0008_1150, "UI", Text(CtImageStorage, '\0')).Concat(Element(0x0008_1155, "UI", Text("1.2.3", '\0'))).ToArray();
        byte[] sequence = UsesDelimiters
            ? [.. Header(0xFFFE_E000, null, 0xFFFF_FFFF), .. inner, .. Header(0xFFFE_E00D, null, 0), .. Header(0xFFFE_E0DD, null, 0)]
            : [.. Header(0xFFFE_E000, null, (uint)inner.Length), .. inner];
        return
        [
            .. Element(0x0008_0016, "UI", Text(CtImageStorage, '\0')),
            .. Element(0x0008_0018, "UI", Text(SopInstanceUid, '\0')),
            .. Element(0x0008_0020, "DA", "20260102"u8),
            .. Element(0x0008_0030, "TM", "101112"u8),
            .. Element(0x0008_0050, "SH", Text("ACC1", ' ')),
            .. Element(0x0008_0060, "CS", "CT"u8),
            .. Header(0x0008_1140, "SQ", UsesDelimiters ? 0xFFFF_FFFF : (uint)sequence.Length), .. sequence,
            .. Element(0x0010_0010, "PN", Text("Phantom^One", ' ')),
            .. Element(0x0010_0020, "LO", Text("P-1", ' ')),
            .. Element(0x0020_000D, "UI", Text(StudyUid, '\0')),
            .. Element(0x0020_000E, "UI", Text(SeriesUid, '\0')),
            .. Element(0x0028_0010, "US", [32, 0]),
            .. Element(0x0028_0011, "US", [32, 0]),
            .. Element(0x0028_0100, "US", [16, 0]),
            .. Header(0x7FE0_0010, "OW", (uint)PixelBytes),
        ];
    }

    /// <summary>A Part 10 file around <see cref="DataSet"/>.</summary>
    public string Write(string path)
    {
        byte[] meta =
        [
            .. Explicit(0x0002_0001, "OB", [0, 1]),
            .. Explicit(0x0002_0002, "UI", Text(CtImageStorage, '\0')),
            .. Explicit(0x0002_0003, "UI", Text(SopInstanceUid, '\0')),
            .. Explicit(0x0002_0010, "UI", Text(TransferSyntax, '\0')),
            .. Explicit(0x0002_0012, "UI", Text(Implementation.ClassUid, '\0')),
        ];
        File.WriteAllBytes(path, [.. new byte[128], .. "DICM"u8, .. Explicit(0x0002_0000, "UL", BitConverter.GetBytes(meta.Length)), .. meta, .. DataSet()]);
        return path;
    }

    private byte[] Element(uint tag, string vr, ReadOnlySpan<byte> value) => [.. Header(tag, vr, (uint)value.Length), .. value];

    private byte[] Header(uint tag, string? vr, uint length) => vr is null || !IsExplicit
        ? [.. Tag(tag), .. BitConverter.GetBytes(length)]
        : ExplicitHeader(tag, vr, length);

    private static byte[] Explicit(uint tag, string vr, byte[] value) => [.. ExplicitHeader(tag, vr, (uint)value.Length), .. value];

    private static byte[] ExplicitHeader(uint tag, string vr, uint length) => vr is "OB" or "OW" or "SQ"
        ? [.. Tag(tag), .. Encoding.ASCII.GetBytes(vr), 0, 0, .. BitConverter.GetBytes(length)]
        : [.. Tag(tag), .. Encoding.ASCII.GetBytes(vr), .. BitConverter.GetBytes((ushort)length)];

    private static byte[] Tag(uint tag)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt16LittleEndian(bytes, (ushort)(tag >> 16));
        BinaryPrimitives.WriteUInt16LittleEndian(bytes.AsSpan(2), (ushort)tag);
        return bytes;
    }

    private static byte[] Text(string text, char padding) => Encoding.ASCII.GetBytes(text.Length % 2 == 0 ? text : text + padding);
}
