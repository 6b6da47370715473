namespace TriageWorker.Models.Merlin.Reference;

/// <summary>Numbers on a grid, all channels of a place together: index <c>((d·Rows + r)·Columns + c)·Channels + channel</c>.</summary>
internal sealed class Field(int channels, int depth, int rows, int columns)
{
    public int Channels { get; } = channels;

    public int Depth { get; } = depth;

    public int Rows { get; } = rows;

    public int Columns { get; } = columns;

    public int Places => Depth * Rows * Columns;

    public double[] Values { get; } = new double[checked(channels * depth * rows * columns)];

    public Span<double> At(int d, int r, int c) => Values.AsSpan(((((d * Rows) + r) * Columns) + c) * Channels, Channels);

    public Span<double> At(int place) => Values.AsSpan(place * Channels, Channels);
}
