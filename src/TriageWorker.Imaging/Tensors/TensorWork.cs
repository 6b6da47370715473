using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>One tensor in the making: what its three ways share.</summary>
internal sealed class TensorWork(ISliceSource source, TensorSpec spec, ResamplePlan plan, float[] values, Cores cores, IProgress<TensorProgress>? progress = null)
{
    private int _read;

    public GridSize Image { get; } = source.Grid.Size;

    public ResamplePlan Plan { get; } = plan;

    public float[] Values { get; } = values;

    public Cores Cores { get; } = cores;

    public IntensityScale Scale { get; } = IntensityScale.Of(spec);

    public SourceAxis Axis(int axis) => new(Image[axis], axis == 2 ? source.Grid.SlicePlaces : null, spec.Interpolation, HalfUp: spec.Fit == TensorFit.Resize);

    /// <summary>One tap for each tensor index that the image fills along one of its axes.</summary>
    /// <param name="axis">Of the image.</param>
    /// <param name="plane">Of the tensor, along its slice axis, where slices lean.</param>
    public AxisTap[] Taps(int axis, int plane = 0)
    {
        var (own, along) = (Plan.AxisOf(axis), Plan.AxisOf(2));
        var origin = Plan.ToSource.Origin[axis] + (axis == 2 ? 0 : Plan.ToSource.Column(along)[axis] * plane);
        var step = Plan.ToSource.Column(own)[axis];
        var image = Axis(axis);
        return [.. Enumerable.Range(Plan.From[own], Plan.Until[own] - Plan.From[own]).Select(index => image.Tap(origin + (index * step)))];
    }

    public StoredSlice Read(int slice, short[] cells) => source.Read(slice, cells);

    public void HasRead(int needed) => progress?.Report(new TensorProgress(Interlocked.Increment(ref _read), needed));

    public IEnumerable<(int From, int Count)> SlabsOf(int slices) => Slabs.Of(Plan.Until[Plan.AxisOf(2)] - Plan.From[Plan.AxisOf(2)], slices, Cores.Count);
}
