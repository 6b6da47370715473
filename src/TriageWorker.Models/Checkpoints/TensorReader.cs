using System.Buffers;
using System.Numerics;

namespace TriageWorker.Models.Checkpoints;

/// <summary>Brings a tensor's numbers into memory, in the order of its shape.</summary>
internal sealed class TensorReader(CheckpointFile file)
{
    private const int BlockBytes = 1 << 20;

    public T[] Read<T>(StoredTensor tensor)
        where T : struct, INumberBase<T>
    {
        var values = new T[tensor.Count];
        if (tensor.IsContiguous) ReadRun(tensor.Numbers, tensor.Offset, values);
        else Gather(tensor, values);
        return values;
    }

    private void ReadRun<T>(StoredNumbers numbers, long first, Span<T> into)
        where T : struct, INumberBase<T>
    {
        var size = numbers.Type.Size;
        var block = ArrayPool<byte>.Shared.Rent(BlockBytes);
        try
        {
            while (into.Length > 0)
            {
                var count = Math.Min(into.Length, BlockBytes / size);
                var bytes = block.AsSpan(0, count * size);
                file.Read(numbers.Offset + (first * size), bytes, $"storage {numbers.Key}");
                Numbers.Decode(numbers.Type, numbers.IsBigEndian, bytes, into[..count]);
                into = into[count..];
                first += count;
            }
        }
        finally
        {
            ArrayPool<byte>.Shared.Return(block);
        }
    }

    /// <summary>A view with strides: the stretch of numbers it looks at is read once, then picked from.</summary>
    private void Gather<T>(StoredTensor tensor, T[] into)
        where T : struct, INumberBase<T>
    {
        if (into.Length == 0) return;
        var stretch = new T[tensor.End - tensor.Offset];
        ReadRun(tensor.Numbers, tensor.Offset, stretch);
        var index = new int[tensor.Shape.Length];
        var at = 0L;
        for (var i = 0; i < into.Length; i++)
        {
            into[i] = stretch[at];
            for (var axis = index.Length - 1; axis >= 0; axis--)
            {
                at += tensor.Stride[axis];
                if (++index[axis] < tensor.Shape[axis]) break;
                at -= tensor.Stride[axis] * index[axis];
                index[axis] = 0;
            }
        }
    }
}
