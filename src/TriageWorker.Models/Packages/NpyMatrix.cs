namespace TriageWorker.Models.Packages;

/// <summary>A float32 matrix in NumPy's format (<see cref="NpyArray"/>).</summary>
internal sealed record NpyMatrix(int Rows, int Columns, float[] Values)
{
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>The file that <see cref="Parse"/> reads; its numbers begin at a multiple of 64 bytes, as NumPy asks.</summary>
    public byte[] ToBytes()
    {
        const int alignment = 64;
        var header = string.Create(CultureInfo.InvariantCulture, $"{{'descr': '<f4', 'fortran_order': False, 'shape': ({Rows}, {Columns}), }}");
        header = header.PadRight(((PreambleSize + header.Length + alignment) / alignment * alignment) - PreambleSize - 1) + '\n';
        var size = new byte[sizeof(ushort)];
        BinaryPrimitives.WriteUInt16LittleEndian(size, (ushort)header.Length);
        return [.. Magic, .. size, .. Encoding.Latin1.GetBytes(header), .. MemoryMarshal.AsBytes(Values.AsSpan())];
    }

    /// <exception cref="FormatException">Says what about the file cannot be read.</exception>
    public static NpyMatrix Parse(ReadOnlySpan<byte> file)
    {
        var array = NpyArray.Parse(file);
        return array.Shape is [var rows, var columns] ? new NpyMatrix(rows, columns, array.Values) : throw new FormatException("it is not a matrix");
    }
}
