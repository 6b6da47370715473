using System.Numerics;
using System.Runtime.InteropServices;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Resamples one slice in its plane: rows first, over the columns that are needed only, then columns. Interpolation and rescale are both
/// linear, so the rescale is applied to the small result instead of to the whole slice.
/// </summary>
internal sealed class PlaneResampler(AxisTap[] x, AxisTap[] y, int columns)
{
    private readonly (int From, int Until) _needed = AxisTap.Span(x);

    public int Voxels => x.Length * y.Length;

    public int RowLength => RowLengthOf(columns);

    public static int RowLengthOf(int columns) => columns + Vector<float>.Count;

    /// <param name="slice">The stored slice.</param>
    /// <param name="row">Scratch of <see cref="RowLength"/>.</param>
    /// <param name="plane">Receives Hounsfield units at <c>y·|x| + x</c>.</param>
    public void Resample(StoredSlice slice, float[] row, Span<float> plane)
    {
        var stored = slice.Values.Span;
        var (slope, intercept) = ((float)slice.Rescale.Slope, (float)slice.Rescale.Intercept);
        for (var n = 0; n < y.Length; n++)
        {
            var tap = y[n];
            Mix(stored.Slice(tap.Low * columns, columns), stored.Slice(tap.High * columns, columns), tap.Share, row);
            var output = plane.Slice(n * x.Length, x.Length);
            for (var m = 0; m < x.Length; m++)
            {
                var (low, high, share) = x[m];
                var value = row[low];
                output[m] = ((value + (share * (row[high] - value))) * slope) + intercept;
            }
        }
    }

    private void Mix(ReadOnlySpan<short> low, ReadOnlySpan<short> high, float share, float[] row)
    {
        var (from, until) = _needed;
        var i = from;
        var weight = new Vector<float>(share);
        var lows = MemoryMarshal.Cast<short, Vector<short>>(low[from..until]);
        var highs = MemoryMarshal.Cast<short, Vector<short>>(high[from..until]);
        for (var v = 0; v < lows.Length; v++, i += Vector<short>.Count)
        {
            Vector.Widen(lows[v], out var lowA, out var lowB);
            Vector.Widen(highs[v], out var highA, out var highB);
            Mix(lowA, highA, weight).CopyTo(row, i);
            Mix(lowB, highB, weight).CopyTo(row, i + Vector<float>.Count);
        }

        for (; i < until; i++) row[i] = low[i] + (share * (high[i] - low[i]));
    }

    private static Vector<float> Mix(Vector<int> low, Vector<int> high, Vector<float> weight) =>
        Vector.ConvertToSingle(low) + (Vector.ConvertToSingle(high - low) * weight);
}
