namespace TriageWorker.Models.Packages;

/// <summary>A float32 matrix in NumPy's format (<see cref="NpyArray"/>).</summary>
internal sealed record NpyMatrix(int Rows, int Columns, float[] Values)
{
    public ReadOnlySpan<float> Row(int row) => Values.AsSpan(row * Columns, Columns);

    /// <summary>The file that <see cref="Parse"/> reads.</summary>
    public byte[] ToBytes() => new NpyArray([Rows, Columns], Values).ToBytes();

    /// <exception cref="FormatException">Says what about the file cannot be read.</exception>
    public static NpyMatrix Parse(ReadOnlySpan<byte> file)
    {
        var array = NpyArray.Parse(file);
        return array.Shape is [var rows, var columns] ? new NpyMatrix(rows, columns, array.Values) : throw new FormatException("it is not a matrix");
    }
}
