using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using static Onnx.TensorProto.Types;

namespace TriageWorker.Models.Graphs;

/// <summary>How a graph stores its weights and computes with them.</summary>
public enum Precision
{
    Float32,
    Float16,
}

/// <summary>A constant of a graph. Its numbers are made when they are written and not kept.</summary>
/// <param name="Values">As many as the shape says.</param>
internal sealed record Weight(string Name, int[] Shape, Precision Precision, Func<double[]> Values)
{
    public long Count => Shape.Aggregate(1L, (product, size) => product * size);

    public long Bytes => Count * (Precision == Precision.Float16 ? 2 : sizeof(float));

    public DataType DataType => Precision == Precision.Float16 ? DataType.Float16 : DataType.Float;

    /// <summary>The numbers as they stand in the file, little-endian.</summary>
    /// <exception cref="OverflowException">A number is too large for the precision.</exception>
    public byte[] ToBytes()
    {
        var values = Values();
        if (values.Length != Count) throw new InvalidOperationException($"{Name} has {values.Length} numbers for the shape [{string.Join(",", Shape)}].");
        return Precision == Precision.Float16 ? Narrowed<Half>(values) : Narrowed<float>(values);
    }

    private byte[] Narrowed<T>(double[] values)
        where T : unmanaged, System.Numerics.IFloatingPointIeee754<T>
    {
        var bytes = new byte[Bytes];
        var narrow = MemoryMarshal.Cast<byte, T>(bytes.AsSpan());
        TensorPrimitives.ConvertTruncating<double, T>(values, narrow);
        foreach (var value in narrow)
            if (!T.IsFinite(value)) throw new OverflowException($"{Name} holds a number that {Precision} cannot.");
        return bytes;
    }
}
