using System.Buffers.Binary;

namespace TriageWorker.Dicom;

/// <summary>Numbers in either byte order (PS3.5, 7.3).</summary>
internal static class ByteOrder
{
    internal static ushort UInt16(ReadOnlySpan<byte> at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt16BigEndian(at) : BinaryPrimitives.ReadUInt16LittleEndian(at);

    internal static uint UInt32(ReadOnlySpan<byte> at, bool isBigEndian) =>
        isBigEndian ? BinaryPrimitives.ReadUInt32BigEndian(at) : BinaryPrimitives.ReadUInt32LittleEndian(at);

    internal static DicomTag Tag(ReadOnlySpan<byte> at, bool isBigEndian) => new(UInt16(at, isBigEndian), UInt16(at[2..], isBigEndian));

    internal static void Write(Span<byte> at, ushort value, bool isBigEndian)
    {
        if (isBigEndian) BinaryPrimitives.WriteUInt16BigEndian(at, value);
        else BinaryPrimitives.WriteUInt16LittleEndian(at, value);
    }

    internal static void Write(Span<byte> at, uint value, bool isBigEndian)
    {
        if (isBigEndian) BinaryPrimitives.WriteUInt32BigEndian(at, value);
        else BinaryPrimitives.WriteUInt32LittleEndian(at, value);
    }

    internal static void Write(Span<byte> at, DicomTag tag, bool isBigEndian)
    {
        Write(at, tag.Group, isBigEndian);
        Write(at[2..], tag.Element, isBigEndian);
    }

    /// <summary>Turns the words of a value around in place; a part of a word at the end stays.</summary>
    internal static void Swap(Span<byte> bytes, int wordSize)
    {
        if (wordSize == 2) // nearly always pixels
        {
            var words = System.Runtime.InteropServices.MemoryMarshal.Cast<byte, ushort>(bytes);
            BinaryPrimitives.ReverseEndianness(words, words);
            return;
        }
        if (wordSize == 1) return;
        for (; bytes.Length >= wordSize; bytes = bytes[wordSize..]) bytes[..wordSize].Reverse();
    }
}
