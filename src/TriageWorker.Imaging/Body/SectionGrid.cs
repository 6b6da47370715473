using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Body;

/// <summary>One slice in Hounsfield units on a coarse grid of some 4 mm: enough to tell a skull from a pelvis, and quick.</summary>
internal sealed class SectionGrid
{
    private const double CellMm = 4, AirHu = -300;
    private const int Outside = -1500; // scanners write −2000 or less where the reconstruction circle ends

    private readonly short[] _hu;

    private readonly int _down, _along, _rowLength;

    private SectionGrid(short[] hu, int rows, int columns, GridPlane plane, int down, int along) =>
        (_hu, Rows, Columns, RowMm, ColumnMm, _down, _along, _rowLength) = (hu, rows, columns, plane.RowMm * down, plane.ColumnMm * along, down, along, plane.Columns);

    public int Rows { get; }

    public int Columns { get; }

    public double RowMm { get; }

    public double ColumnMm { get; }

    public int Count => _hu.Length;

    public short this[int cell] => _hu[cell];

    /// <summary>The pixel of the slice that a cell begins with.</summary>
    public int PixelOf(int cell) => (cell / Columns * _down * _rowLength) + (cell % Columns * _along);

    public bool IsBody(int cell) => _hu[cell] > AirHu;

    public bool IsOutside(int cell) => _hu[cell] <= Outside;

    /// <param name="slice">Its values row by row.</param>
    public static SectionGrid Of(StoredSlice slice, GridPlane plane)
    {
        var (down, along) = (Math.Max(1, (int)Math.Round(CellMm / plane.RowMm)), Math.Max(1, (int)Math.Round(CellMm / plane.ColumnMm)));
        var (rows, columns) = ((plane.Rows + down - 1) / down, (plane.Columns + along - 1) / along);
        var hu = new short[rows * columns];
        var values = slice.Values.Span;
        for (var j = 0; j < rows; j++)
        {
            for (var i = 0; i < columns; i++)
            {
                var stored = values[(j * down * plane.Columns) + (i * along)];
                hu[(j * columns) + i] = (short)Math.Clamp((stored * slice.Rescale.Slope) + slice.Rescale.Intercept, short.MinValue, short.MaxValue);
            }
        }

        return new SectionGrid(hu, rows, columns, plane, down, along);
    }
}

/// <summary>Size of a slice: rows and columns, and the millimetres between them.</summary>
internal readonly record struct GridPlane(int Rows, int Columns, double RowMm, double ColumnMm);
