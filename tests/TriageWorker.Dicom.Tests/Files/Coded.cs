using System.Buffers.Binary;

namespace TriageWorker.Dicom.Tests.Files;

/// <summary>Data sets byte by byte, as the library itself would not write them: given lengths, group lengths, odd values, what is in UN.</summary>
internal static class Coded
{
    internal const uint Undefined = 0xFFFF_FFFF;

    internal static byte[] ItemEnd => Delimiter(0xE00D);

    internal static byte[] SequenceEnd => Delimiter(0xE0DD);

    internal static byte[] Implicit(uint tag, ReadOnlySpan<byte> value) => [.. Head(tag), .. UInt32((uint)value.Length), .. value];

    /// <summary>Explicit little endian; the long form where the letters have it.</summary>
    internal static byte[] Explicit(uint tag, string vr, ReadOnlySpan<byte> value) => [.. ExplicitHead(tag, vr, (uint)value.Length), .. value];

    internal static byte[] ExplicitHead(uint tag, string vr, uint length) => vr is "OB" or "OW" or "OF" or "OD" or "OL" or "OV" or "SQ" or "UN" or "UT" or "UC" or "UR" or "SV" or "UV" or "ZZ"
        ? [.. Head(tag), (byte)vr[0], (byte)vr[1], 0, 0, .. UInt32(length)]
        : [.. Head(tag), (byte)vr[0], (byte)vr[1], (byte)length, (byte)(length >> 8)];

    internal static byte[] ImplicitHead(uint tag, uint length) => [.. Head(tag), .. UInt32(length)];

    internal static byte[] Item(params byte[][] elements)
    {
        byte[] all = [.. elements.SelectMany(bytes => bytes)];
        return [.. ImplicitHead(0xFFFE_E000, (uint)all.Length), .. all];
    }

    internal static byte[] OpenItem(params byte[][] elements) => [.. ImplicitHead(0xFFFE_E000, Undefined), .. elements.SelectMany(bytes => bytes), .. ItemEnd];

    internal static byte[] Join(params byte[][] parts) => [.. parts.SelectMany(bytes => bytes)];

    internal static byte[] Delimiter(ushort element) => ImplicitHead(0xFFFE_0000u | element, 0);

    internal static byte[] UInt32(uint value)
    {
        var bytes = new byte[4];
        BinaryPrimitives.WriteUInt32LittleEndian(bytes, value);
        return bytes;
    }

    private static byte[] Head(uint tag) => [(byte)(tag >> 16), (byte)(tag >> 24), (byte)tag, (byte)(tag >> 8)];
}
