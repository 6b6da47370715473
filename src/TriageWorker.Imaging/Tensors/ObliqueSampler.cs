using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>Samples a volume whose axes depend on each other (sheared, or stored along other axes), in double precision, voxel by voxel.</summary>
internal sealed class ObliqueSampler(ResamplePlan plan, GridSize source, StoredSlice[] slices, IntensityScale scale, float[] tensor)
{
    /// <summary>Writes all y and z of one x of the tensor.</summary>
    public void SampleColumns(int x)
    {
        for (var y = plan.From.Y; y < plan.Until.Y; y++)
        {
            var output = tensor.AsSpan((((x * plan.Size.Y) + y) * plan.Size.Z) + plan.From.Z, plan.Until.Z - plan.From.Z);
            for (var n = 0; n < output.Length; n++) output[n] = scale.Apply((float)HuAt(plan.ToSource.At(new(x, y, plan.From.Z + n))));
        }
    }

    private double HuAt(Vector3d place)
    {
        var k = Math.Clamp(place.Z, 0, source.Z - 1);
        var low = (int)k;
        var value = InSlice(slices[low], place);
        return k > low ? value + ((k - low) * (InSlice(slices[low + 1], place) - value)) : value;
    }

    private double InSlice(StoredSlice slice, Vector3d place)
    {
        var i = Math.Clamp(place.X, 0, source.X - 1);
        var j = Math.Clamp(place.Y, 0, source.Y - 1);
        var (left, top) = ((int)i, (int)j);
        var right = Math.Min(left + 1, source.X - 1);
        var rows = slice.Values.Span;
        var upper = rows.Slice(top * source.X, source.X);
        var lower = rows.Slice(Math.Min(top + 1, source.Y - 1) * source.X, source.X);
        var above = upper[left] + ((i - left) * (upper[right] - upper[left]));
        var below = lower[left] + ((i - left) * (lower[right] - lower[left]));
        return ((above + ((j - top) * (below - above))) * slice.Rescale.Slope) + slice.Rescale.Intercept;
    }
}
