using System.Buffers.Binary;
using System.Numerics;
using System.Numerics.Tensors;
using System.Runtime.InteropServices;

namespace TriageWorker.Models.Checkpoints;

/// <summary>Stored bytes become numbers to compute with.</summary>
internal static class Numbers
{
    /// <summary>Reads as many as <paramref name="into"/> takes. To double all types but 64-bit integers are exact.</summary>
    /// <param name="bytes">Changed when their order is not this machine's.</param>
    public static void Decode<T>(ElementType type, bool isBigEndian, Span<byte> bytes, Span<T> into)
        where T : struct, INumberBase<T>
    {
        if (isBigEndian == BitConverter.IsLittleEndian) Turn(type.Size, bytes);
        switch (type)
        {
            case ElementType.Float64: Convert<double, T>(bytes, into); break;
            case ElementType.Float32: Convert<float, T>(bytes, into); break;
            case ElementType.Float16: Convert<Half, T>(bytes, into); break;
            case ElementType.BFloat16: Widen(bytes, into); break;
            case ElementType.Int64: Convert<long, T>(bytes, into); break;
            case ElementType.Int32: Convert<int, T>(bytes, into); break;
            case ElementType.Int16: Convert<short, T>(bytes, into); break;
            case ElementType.Int8: Convert<sbyte, T>(bytes, into); break;
            default: Convert<byte, T>(bytes, into); break;
        }
    }

    private static void Convert<TFrom, T>(ReadOnlySpan<byte> bytes, Span<T> into)
        where TFrom : unmanaged, INumberBase<TFrom>
        where T : struct, INumberBase<T>
    {
        var stored = MemoryMarshal.Cast<byte, TFrom>(bytes);
        if (typeof(TFrom) == typeof(T)) MemoryMarshal.AsBytes(stored).CopyTo(MemoryMarshal.Cast<T, byte>(into));
        else TensorPrimitives.ConvertTruncating(stored, into);
    }

    /// <summary>A BFloat16 is the upper half of a float32.</summary>
    private static void Widen<T>(ReadOnlySpan<byte> bytes, Span<T> into)
        where T : struct, INumberBase<T>
    {
        var stored = MemoryMarshal.Cast<byte, ushort>(bytes);
        for (var i = 0; i < stored.Length; i++) into[i] = T.CreateTruncating(BitConverter.UInt32BitsToSingle((uint)stored[i] << 16));
    }

    private static void Turn(int size, Span<byte> bytes)
    {
        if (size == sizeof(ulong)) Turn(MemoryMarshal.Cast<byte, ulong>(bytes));
        else if (size == sizeof(uint)) Turn(MemoryMarshal.Cast<byte, uint>(bytes));
        else if (size == sizeof(ushort)) Turn(MemoryMarshal.Cast<byte, ushort>(bytes));
    }

    private static void Turn(Span<ulong> values) => BinaryPrimitives.ReverseEndianness(values, values);

    private static void Turn(Span<uint> values) => BinaryPrimitives.ReverseEndianness(values, values);

    private static void Turn(Span<ushort> values) => BinaryPrimitives.ReverseEndianness(values, values);
}
