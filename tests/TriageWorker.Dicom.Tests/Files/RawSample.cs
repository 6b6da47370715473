namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Every construct in every encoding, as other systems write them: given and open lengths, group lengths, private blocks, UN, odd values.</summary>
internal static class RawSample
{
    internal static IEnumerable<(string Name, TransferSyntax Syntax, byte[] File)> All()
    {
        yield return ("explicit", TransferSyntax.ExplicitVRLittleEndian, InFile(DicomUid.ExplicitVRLittleEndian, Explicit()));
        yield return ("implicit", TransferSyntax.ImplicitVRLittleEndian, InFile(DicomUid.ImplicitVRLittleEndian, Implicit()));
        yield return ("big endian", TransferSyntax.ExplicitVRBigEndian, Sample.Bytes(TransferSyntax.ExplicitVRBigEndian));
        yield return ("deflated", TransferSyntax.DeflatedExplicitVRLittleEndian, InFile(DicomUid.DeflatedExplicitVRLittleEndian, Deflate(Explicit())));
        yield return ("encapsulated", TransferSyntax.Of(DicomUid.JPEGLosslessSV1), InFile(DicomUid.JPEGLosslessSV1, Encapsulated()));
        yield return ("without meta", TransferSyntax.ExplicitVRLittleEndian, Explicit());
    }

    internal static byte[] Explicit() => Coded.Join(
        Coded.Explicit(0x0008_0000, "UL", [30, 0, 0, 0]),
        Coded.Explicit(0x0008_0005, "CS", "ISO_IR 100"u8),
        Coded.Explicit(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2\0"u8),
        Coded.Explicit(0x0008_0018, "UI", "1.2.3.4"u8), // odd
        Coded.Explicit(0x0008_0060, "CS", "CT"u8),
        Counted(0x0008_1032, Coded.Item(Coded.Explicit(0x0008_0100, "SH", "A1"u8), Coded.Explicit(0x0008_0104, "LO", "B\0"u8)), Coded.OpenItem(), Coded.Item()),
        Open(0x0008_1140,
            Coded.OpenItem(Coded.Explicit(0x0008_1155, "UI", "1.2\0"u8), Open(0x0008_1199, Coded.Item(Coded.Explicit(0x0008_1155, "UI", "1.3\0"u8)))),
            Coded.Item(Counted(0x0008_1199, Coded.OpenItem()))),
        Coded.Explicit(0x0009_0010, "LO", "ACME"u8), Coded.Explicit(0x0009_1001, "UN", [1, 2, 3]), Coded.Explicit(0x0009_1002, "ZZ", [9, 9]),
        Coded.ExplicitHead(0x0009_1003, "UN", Coded.Undefined), Coded.OpenItem(Coded.Implicit(0x0010_0020, "P1"u8)), Coded.SequenceEnd,
        Coded.Explicit(0x0010_0010, "PN", [(byte)'M', 0xFC, (byte)'l', (byte)'^']),
        Coded.Explicit(0x0010_0020, "LO", "P 1 "u8), Coded.Explicit(0x0010_0030, "DA", []),
        Coded.Explicit(0x0010_1002, "UN", Coded.Item(Coded.Implicit(0x0010_0020, "P2"u8))),
        Coded.Explicit(0x0018_0050, "DS", "1.25"u8), Coded.Explicit(0x0028_0010, "US", [2, 0]), Coded.Explicit(0x0028_0011, "US", [2, 0]),
        Coded.Explicit(0x0028_0103, "US", [1, 0]), Coded.Explicit(0x0028_0106, "SS", [0, 0xFC]), Coded.Explicit(0x0028_0009, "AT", [0x18, 0, 0x63, 0x10]),
        Coded.Explicit(0x0066_0016, "OF", [0, 0, 0x80, 0x3F]), Coded.Explicit(0x7FE0_0010, "OW", [1, 0, 2, 0, 3, 0, 4, 0]), Coded.Explicit(0xFFFC_FFFC, "OB", [0, 0]));

    internal static byte[] Implicit() => Coded.Join(
        Coded.Implicit(0x0008_0005, "ISO_IR 192"u8), Coded.Implicit(0x0008_0016, "1.2.840.10008.5.1.4.1.1.2\0"u8), Coded.Implicit(0x0008_0018, "1.2.3.4\0"u8),
        Coded.ImplicitHead(0x0008_1140, Coded.Undefined), Coded.Item(Coded.Implicit(0x0008_1155, "1.2\0"u8)), Coded.OpenItem(Coded.ImplicitHead(0x0008_1199, 0)), Coded.SequenceEnd,
        Coded.Implicit(0x0008_1032, Coded.Join(Coded.Item(Coded.Implicit(0x0008_0100, "A1"u8)), Coded.OpenItem())),
        Coded.Implicit(0x0009_0010, "ACME"u8), Coded.Implicit(0x0009_1001, [1, 2, 3, 4]), Coded.ImplicitHead(0x0009_1002, Coded.Undefined), Coded.Item(Coded.Implicit(0x0010_0020, "P1"u8)), Coded.SequenceEnd,
        Coded.Implicit(0x0010_0010, "Müller"u8), Coded.Implicit(0x0028_0103, [1, 0]), Coded.Implicit(0x0028_0106, [0, 0xFC]), Coded.Implicit(0x7FE0_0010, [1, 0, 2, 0]));

    internal static byte[] Encapsulated() => Coded.Join(
        Coded.Explicit(0x0008_0016, "UI", "1.2.840.10008.5.1.4.1.1.2\0"u8), Coded.Explicit(0x0008_0018, "UI", "1.2.3.4\0"u8), Coded.Explicit(0x0028_0008, "IS", "2 "u8),
        Coded.ExplicitHead(0x7FE0_0010, "OB", Coded.Undefined), Coded.Item([0, 0, 0, 0, 12, 0, 0, 0]), Coded.Item([0xFF, 0xD8, 0xFF, 0xD9]), Coded.Item([0xFF, 0xD8, 1, 0xFF, 0xD9]), Coded.SequenceEnd,
        Coded.Explicit(0xFFFC_FFFC, "OB", [0, 0]));

    internal static byte[] Counted(uint tag, params byte[][] items) => Coded.Explicit(tag, "SQ", Coded.Join(items));

    internal static byte[] Open(uint tag, params byte[][] items) => Coded.Join(Coded.ExplicitHead(tag, "SQ", Coded.Undefined), Coded.Join(items), Coded.SequenceEnd);

    internal static byte[] Deflate(byte[] bytes)
    {
        var deflated = new MemoryStream();
        using (var stream = new System.IO.Compression.DeflateStream(deflated, System.IO.Compression.CompressionLevel.Optimal, leaveOpen: true)) stream.Write(bytes);
        return deflated.ToArray();
    }

    internal static byte[] InFile(string syntax, byte[] dataset)
    {
        var uid = syntax.Length % 2 == 0 ? syntax : syntax + "\0";
        byte[] meta =
        [
            .. Coded.Explicit(0x0002_0001, "OB", [0, 1]), .. Coded.Explicit(0x0002_0002, "UI", "1.2.840.10008.5.1.4.1.1.2\0"u8), .. Coded.Explicit(0x0002_0003, "UI", "1.2.3.4\0"u8),
            .. Coded.Explicit(0x0002_0010, "UI", System.Text.Encoding.ASCII.GetBytes(uid)), .. Coded.Explicit(0x0002_0012, "UI", "1.2\0"u8),
        ];
        return [.. "II*\0"u8, .. new byte[124], .. "DICM"u8, .. Coded.Explicit(0x0002_0000, "UL", Coded.UInt32((uint)meta.Length)), .. meta, .. dataset];
    }
}
