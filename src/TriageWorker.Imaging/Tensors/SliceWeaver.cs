using System.Numerics;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Interpolates between resampled planes and writes the tensor, whose fastest axis is z. A tile of neighbouring x is taken through all z in
/// registers' width and then turned, so that both planes and tensor are touched in whole cache lines.
/// </summary>
internal sealed class SliceWeaver(ResamplePlan plan, AxisTap[] z, float[]?[] planes, IntensityScale scale, float[] tensor)
{
    public static int ScratchLength(int slices) => slices * Vector<float>.Count;

    /// <summary>Writes all x and z of one y.</summary>
    public void WeaveRow(int y, float[] scratch)
    {
        var width = plan.Until.X - plan.From.X;
        var row = y * width;
        var x = 0;
        for (; x + Vector<float>.Count <= width; x += Vector<float>.Count) WeaveTile(y, x, row + x, scratch);
        for (; x < width; x++) WeaveColumn(y, x, row + x);
    }

    private void WeaveTile(int y, int x, int at, float[] scratch)
    {
        for (var n = 0; n < z.Length; n++)
        {
            var (low, high, share) = z[n];
            var value = new Vector<float>(planes[low]!, at);
            if (share > 0) value += (new Vector<float>(planes[high]!, at) - value) * share;
            value = ((value - new Vector<float>(scale.From)) / new Vector<float>(scale.Range) * scale.Span) + new Vector<float>(scale.To);
            Vector.Min(Vector.Max(value, new Vector<float>(scale.Low)), new Vector<float>(scale.High)).CopyTo(scratch, n * Vector<float>.Count);
        }

        for (var lane = 0; lane < Vector<float>.Count; lane++)
        {
            var output = Output(y, x + lane);
            var from = lane;
            for (var n = 0; n < output.Length; n++, from += Vector<float>.Count) output[n] = scratch[from];
        }
    }

    private void WeaveColumn(int y, int x, int at)
    {
        var output = Output(y, x);
        for (var n = 0; n < z.Length; n++)
        {
            var value = planes[z[n].Low]![at];
            if (z[n].Share > 0) value += (planes[z[n].High]![at] - value) * z[n].Share;
            output[n] = scale.Apply(value);
        }
    }

    private Span<float> Output(int y, int x) =>
        tensor.AsSpan(((((plan.From.X + x) * plan.Size.Y) + plan.From.Y + y) * plan.Size.Z) + plan.From.Z, z.Length);
}
