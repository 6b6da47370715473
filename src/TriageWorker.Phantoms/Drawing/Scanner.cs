using System.Runtime.CompilerServices;

namespace TriageWorker.Phantoms.Drawing;

/// <summary>Turns tissues into Hounsfield units as a scanner would: densities, quantum noise, and the blur of the kernel over both, so that the noise is as grainy as the kernel.</summary>
internal sealed class Scanner
{
    private const float NoiseOutside = 0.35f;
    private const float Lowest = -1024, Highest = 3071; // 12 bit
    private readonly Densities _densities;
    private readonly int _seed;
    private readonly float _noise, _blurMm;

    public Scanner(int seed, Densities densities)
    {
        _seed = seed;
        _densities = densities;
        var dice = Dice.For(seed, "scanner");
        _noise = dice.LogUniform(6, 24);
        _blurMm = dice.Uniform(0.45, 0.75);
    }

    /// <summary>Scans one slice; <paramref name="scratch"/> has the size of the slice.</summary>
    public void Scan(SliceCanvas canvas, int slice, float[] scratch, Span<short> hounsfield)
    {
        var frame = canvas.Frame;
        var side = MathF.Min(0.3f, _blurMm * _blurMm / (2 * frame.Pixel * frame.Pixel));
        Expose(canvas, Dice.For(_seed, $"noise {slice}"), _noise / ((1 - 2 * side) * (1 - 2 * side) + 2 * side * side), scratch);
        Blur(frame, side, scratch, hounsfield);
    }

    private void Expose(SliceCanvas canvas, Dice dice, float noise, float[] pixels)
    {
        var frame = canvas.Frame;
        float stepX = frame.Pixel * frame.Cos, stepY = -frame.Pixel * frame.Sin;
        for (var r = 0; r < frame.Rows; r++)
        {
            var (x, y) = frame.RowStart(r);
            var row = canvas.Row(r);
            var target = pixels.AsSpan(r * frame.Columns, row.Length);
            for (var c = 0; c < row.Length; c++)
            {
                var tissue = row[c];
                var hu = Densities.IsTextured(tissue) ? _densities.At(tissue, x + c * stepX, y + c * stepY, canvas.Z) : _densities.Of(tissue);
                target[c] = hu + Grain(dice) * (tissue <= Tissue.TableFoam ? noise * NoiseOutside : noise);
            }
        }
    }

    private static void Blur(PixelFrame frame, float side, float[] pixels, Span<short> hounsfield)
    {
        int columns = frame.Columns, rows = frame.Rows;
        var middle = 1 - 2 * side;
        Span<float> column = stackalloc float[3]; // weights
        column[0] = side;
        column[1] = middle;
        column[2] = side;
        var line = new float[columns];
        for (var r = 0; r < rows; r++)
        {
            var here = pixels.AsSpan(r * columns, columns);
            var above = r > 0 ? pixels.AsSpan((r - 1) * columns, columns) : here;
            var below = r < rows - 1 ? pixels.AsSpan((r + 1) * columns, columns) : here;
            for (var c = 0; c < line.Length; c++) line[c] = column[0] * above[c] + column[1] * here[c] + column[2] * below[c];
            var target = hounsfield.Slice(r * columns, columns);
            for (var c = 0; c < target.Length; c++)
            {
                var value = middle * line[c] + side * (line[Math.Max(0, c - 1)] + line[Math.Min(columns - 1, c + 1)]);
                target[c] = (short)MathF.Round(Math.Clamp(value, Lowest, Highest));
            }
        }
    }

    /// <summary>About normal with deviation 1: four uniform 16-bit numbers of one draw.</summary>
    [MethodImpl(MethodImplOptions.AggressiveInlining)]
    private static float Grain(Dice dice)
    {
        var bits = dice.Next();
        var sum = (int)(bits & 0xFFFF) + (int)(bits >> 16 & 0xFFFF) + (int)(bits >> 32 & 0xFFFF) + (int)(bits >> 48);
        return (sum - 131070) * (1 / 37837f);
    }
}
