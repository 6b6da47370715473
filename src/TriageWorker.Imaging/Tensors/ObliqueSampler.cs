using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>Samples a slab voxel by voxel, for grids whose axes depend on each other.</summary>
/// <param name="from">The first plane of the slab, counted along the tensor's slice axis from the first that the image fills.</param>
/// <param name="planes">How many planes.</param>
internal sealed class ObliqueSampler(TensorWork work, SliceWindow<SliceBuffer> slices, int from, int planes)
{
    private readonly ResamplePlan _plan = work.Plan;
    private readonly TensorBlock _block = TensorBlock.Of(work.Plan).From(from);
    private readonly (SourceAxis I, SourceAxis J, SourceAxis K) _axes = (work.Axis(0), work.Axis(1), work.Axis(2));
    private readonly int _across = work.Plan.AxisOf(0), _down = work.Plan.AxisOf(1), _along = work.Plan.AxisOf(2);

    /// <summary>Writes the <paramref name="i"/>-th sheet across the slab.</summary>
    public void Sample(int i)
    {
        var step = _plan.ToSource.Column(_along);
        for (var j = 0; j < _plan.Until[_down] - _plan.From[_down]; j++)
        {
            var first = _plan.ToSource.At(
                (Vector3d.Unit(_across) * (_plan.From[_across] + i)) + (Vector3d.Unit(_down) * (_plan.From[_down] + j)) + (Vector3d.Unit(_along) * (_plan.From[_along] + from)));
            var at = _block.At(i, j);
            for (var n = 0; n < planes; n++) work.Values[at + (n * _block.StrideK)] = work.Scale.Apply((float)HuAt(first + (step * n)));
        }
    }

    private double HuAt(Vector3d place)
    {
        var (i, j, k) = (_axes.I.Tap(place.X), _axes.J.Tap(place.Y), _axes.K.Tap(place.Z));
        var low = InSlice(slices[k.Low].Slice, i, j);
        return k.Share > 0 ? low + (k.Share * (InSlice(slices[k.High].Slice, i, j) - low)) : low;
    }

    private double InSlice(StoredSlice slice, AxisTap i, AxisTap j)
    {
        var rows = slice.Values.Span;
        var upper = rows.Slice(j.Low * work.Image.X, work.Image.X);
        var lower = rows.Slice(j.High * work.Image.X, work.Image.X);
        var above = upper[i.Low] + ((double)i.Share * (upper[i.High] - upper[i.Low]));
        var below = lower[i.Low] + ((double)i.Share * (lower[i.High] - lower[i.Low]));
        return ((above + (j.Share * (below - above))) * slice.Rescale.Slope) + slice.Rescale.Intercept;
    }
}
