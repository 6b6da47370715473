namespace TriageWorker.Models.Merlin.Reference;

/// <summary>How a kernel moves over a field, by depth, rows and columns.</summary>
internal readonly record struct Window((int D, int R, int C) Size, (int D, int R, int C) Stride, (int D, int R, int C) Padding)
{
    public static Window Cube(int size, int stride) => new((size, size, size), (stride, stride, stride), (size / 2, size / 2, size / 2));

    public int Taps => Size.D * Size.R * Size.C;

    public Field Output(Field input, int channels) => new(
        channels,
        Steps(input.Depth, Size.D, Stride.D, Padding.D),
        Steps(input.Rows, Size.R, Stride.R, Padding.R),
        Steps(input.Columns, Size.C, Stride.C, Padding.C));

    /// <summary>The places of the input that the kernel covers when it computes place (d, r, c) of the output, each with the number of its tap.</summary>
    public IEnumerable<(int Place, int Tap)> Covered(Field input, int d, int r, int c)
    {
        var tap = 0;
        for (var kd = 0; kd < Size.D; kd++)
        {
            for (var kr = 0; kr < Size.R; kr++)
            {
                for (var kc = 0; kc < Size.C; kc++, tap++)
                {
                    var (id, ir, ic) = ((d * Stride.D) + kd - Padding.D, (r * Stride.R) + kr - Padding.R, (c * Stride.C) + kc - Padding.C);
                    if (id >= 0 && id < input.Depth && ir >= 0 && ir < input.Rows && ic >= 0 && ic < input.Columns)
                        yield return ((((id * input.Rows) + ir) * input.Columns) + ic, tap);
                }
            }
        }
    }

    private static int Steps(int length, int size, int stride, int padding) => ((length + (2 * padding) - size) / stride) + 1;
}
