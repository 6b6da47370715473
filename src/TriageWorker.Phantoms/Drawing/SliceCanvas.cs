using System.Runtime.CompilerServices;

namespace TriageWorker.Phantoms.Drawing;

/// <summary>Where the pixels of all slices lie in the body's own frame (x to the left, y to posterior): the patient may lie turned and off centre.</summary>
/// <param name="FirstX">Body-independent position of pixel column 0, mm.</param>
/// <param name="Pixel">Pixel spacing, mm.</param>
/// <param name="Turn">Rotation of the body about its long axis, radians.</param>
internal sealed record PixelFrame(int Columns, int Rows, float FirstX, float FirstY, float Pixel, float CentreX, float CentreY, float Turn)
{
    public float Cos { get; } = MathF.Cos(Turn);
    public float Sin { get; } = MathF.Sin(Turn);

    /// <summary>Body coordinates of pixel (0, row); one column further adds <c>Pixel·Cos, −Pixel·Sin</c>.</summary>
    public (float X, float Y) RowStart(int row)
    {
        float x = FirstX - CentreX, y = FirstY + row * Pixel - CentreY;
        return (Cos * x + Sin * y, Cos * y - Sin * x);
    }

    /// <summary>Position in pixels of a place in the body.</summary>
    public (float Column, float Row) ToPixels(float x, float y)
        => ((Cos * x - Sin * y + CentreX - FirstX) / Pixel, (Sin * x + Cos * y + CentreY - FirstY) / Pixel);
}

/// <summary>A flat shape in the body's frame.</summary>
internal interface IFlatShape
{
    bool Contains(float x, float y);
}

/// <summary>One slice of tissues that is painted from back to front.</summary>
internal sealed class SliceCanvas(PixelFrame frame)
{
    private readonly Tissue[] _tissues = new Tissue[frame.Columns * frame.Rows];

    public PixelFrame Frame => frame;

    public Span<Tissue> Tissues => _tissues;

    /// <summary>Height of the slice in the body, mm.</summary>
    public float Z { get; set; }

    public Span<Tissue> Row(int row) => _tissues.AsSpan(row * frame.Columns, frame.Columns);

    /// <summary>Paints an ellipse that is turned by <paramref name="yaw"/>, where one of <paramref name="over"/> lies, down to no row below <paramref name="lowest"/> (mm, as gas stays above a level).</summary>
    public void Ellipse(float x, float y, float radiusX, float radiusY, float yaw, Tissue tissue, TissueSet over, float lowest = float.MaxValue)
    {
        var (column, row) = frame.ToPixels(x, y);
        float a = radiusX / frame.Pixel, b = radiusY / frame.Pixel;
        var (sin, cos) = MathF.SinCos(yaw + frame.Turn);
        // Inside: A·dx² + 2·B·dx·dy + C·dy² < 1, in pixels.
        float ia = 1 / (a * a), ib = 1 / (b * b);
        float qa = cos * cos * ia + sin * sin * ib, qb = cos * sin * (ia - ib), qc = sin * sin * ia + cos * cos * ib;
        var reach = MathF.Sqrt(qa / (qa * qc - qb * qb));
        var first = Math.Max(0, (int)MathF.Ceiling(row - reach));
        var last = Math.Min(frame.Rows - 1, (int)MathF.Floor(row + reach));
        if (lowest < float.MaxValue) last = Math.Min(last, (int)MathF.Floor(row + (lowest - y) / frame.Pixel));
        for (var r = first; r <= last; r++)
        {
            var dy = r - row;
            var root = qb * qb * dy * dy - qa * (qc * dy * dy - 1);
            if (root <= 0) continue;
            root = MathF.Sqrt(root);
            var from = Math.Max(0, (int)MathF.Ceiling(column + (-qb * dy - root) / qa));
            var to = Math.Min(frame.Columns - 1, (int)MathF.Floor(column + (-qb * dy + root) / qa));
            if (from <= to) Paint(Row(r)[from..(to + 1)], tissue, over);
        }
    }

    /// <summary>Paints any shape inside a box of the body's frame.</summary>
    public void Fill<TShape>(TShape shape, float minX, float maxX, float minY, float maxY, Tissue tissue, TissueSet over)
        where TShape : struct, IFlatShape
    {
        var (c1, r1) = frame.ToPixels(minX, minY);
        var (c2, r2) = frame.ToPixels(maxX, minY);
        var (c3, r3) = frame.ToPixels(minX, maxY);
        var (c4, r4) = frame.ToPixels(maxX, maxY);
        var firstColumn = Math.Max(0, (int)MathF.Floor(Math.Min(Math.Min(c1, c2), Math.Min(c3, c4))));
        var lastColumn = Math.Min(frame.Columns - 1, (int)MathF.Ceiling(Math.Max(Math.Max(c1, c2), Math.Max(c3, c4))));
        var firstRow = Math.Max(0, (int)MathF.Floor(Math.Min(Math.Min(r1, r2), Math.Min(r3, r4))));
        var lastRow = Math.Min(frame.Rows - 1, (int)MathF.Ceiling(Math.Max(Math.Max(r1, r2), Math.Max(r3, r4))));
        float stepX = frame.Pixel * frame.Cos, stepY = -frame.Pixel * frame.Sin;
        for (var r = firstRow; r <= lastRow; r++)
        {
            var (startX, startY) = frame.RowStart(r);
            var row = Row(r);
            for (var c = firstColumn; c <= lastColumn; c++)
                if (over.Contains(row[c]) && shape.Contains(startX + c * stepX, startY + c * stepY)) row[c] = tissue;
        }
    }

    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static void Paint(Span<Tissue> pixels, Tissue tissue, TissueSet over)
    {
        foreach (ref var pixel in pixels)
            if (over.Contains(pixel)) pixel = tissue;
    }
}
