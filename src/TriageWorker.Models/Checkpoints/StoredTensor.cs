namespace TriageWorker.Models.Checkpoints;

/// <summary>One block of numbers in the file; several tensors may look at it.</summary>
internal sealed class StoredNumbers(string key, ElementType type, long count)
{
    public string Key { get; } = key;

    public ElementType Type { get; } = type;

    public long Count { get; } = count;

    public long Bytes => Count * Type.Size;

    /// <summary>Where its bytes begin in the file; set once the layout is known.</summary>
    public long Offset { get; set; } = -1;

    public bool IsBigEndian { get; set; }
}

/// <summary>A tensor as a view of stored numbers: nothing of it is in memory. Element (i, j, …) is number <c>Offset + i·Stride[0] + j·Stride[1] + …</c>.</summary>
/// <param name="Count">Product of the shape; it fits an array.</param>
internal sealed record StoredTensor(StoredNumbers Numbers, long Offset, int[] Shape, long[] Stride, int Count)
{
    /// <summary>Such a tensor may repeat numbers (a stride of zero) up to this many; beyond, it must not have more than are stored.</summary>
    private const int MostRepeated = 1 << 20;

    public ElementType Type => Numbers.Type;

    /// <summary>One more than the highest number that is looked at; at least <see cref="Offset"/>.</summary>
    public long End => Count == 0 ? Offset : Offset + Shape.Zip(Stride, (size, stride) => (size - 1) * stride).Sum() + 1;

    /// <summary>Whether its numbers lie one after the other in the order of the shape.</summary>
    public bool IsContiguous
    {
        get
        {
            var next = 1L;
            for (var axis = Shape.Length - 1; axis >= 0; axis--)
            {
                if (Shape[axis] != 1 && Stride[axis] != next) return false;
                next *= Shape[axis];
            }

            return true;
        }
    }

    /// <summary>The view, or what is wrong with it. Believes no number: every element must lie within what is stored.</summary>
    public static StoredTensor? TryCreate(StoredNumbers numbers, long offset, long[] shape, long[] stride, out string fault)
    {
        fault = Fault(numbers, offset, shape, stride, out var count);
        return fault.Length > 0 ? null : new StoredTensor(numbers, offset, [.. shape.Select(size => (int)size)], stride, (int)count);
    }

    private static string Fault(StoredNumbers numbers, long offset, long[] shape, long[] stride, out Int128 count)
    {
        count = 1;
        if (shape.Length != stride.Length) return $"a tensor has {shape.Length} sizes and {stride.Length} strides";
        if (offset < 0 || shape.Any(size => size < 0) || stride.Any(step => step < 0)) return "a tensor has a negative offset, size or stride";
        Int128 last = offset;
        foreach (var (size, step) in shape.Zip(stride))
        {
            count *= size;
            last += (Int128)(size - 1) * step;
            if (size > int.MaxValue || count > int.MaxValue || last > long.MaxValue) return $"a tensor of shape [{string.Join(",", shape)}] is too large";
        }

        if (count == 0) return offset <= numbers.Count ? "" : $"an empty tensor begins at number {offset} of storage {numbers.Key}, which has {numbers.Count}";
        if (last >= numbers.Count) return $"a tensor of shape [{string.Join(",", shape)}] reaches number {last} of storage {numbers.Key}, which has {numbers.Count}";
        if (count > MostRepeated && count > numbers.Count) return $"a tensor of shape [{string.Join(",", shape)}] repeats the {numbers.Count} numbers of storage {numbers.Key}";
        return "";
    }
}
