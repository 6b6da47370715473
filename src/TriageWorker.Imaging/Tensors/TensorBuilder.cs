using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>Makes a model's input from the slices of a volume, without ever holding the volume as floats.</summary>
public static class TensorBuilder
{
    /// <param name="source">The slices, each read once.</param>
    /// <param name="spec">What the model wants.</param>
    /// <param name="threads">How many cores may work; 0 for all.</param>
    /// <param name="stop">Ends the work between two slices.</param>
    /// <returns>float32 [1, X, Y, Z] of <see cref="TensorSpec.Size"/>, equal to MONAI's chain to 1e-4.</returns>
    /// <exception cref="ArgumentException">The specification has faults.</exception>
    public static ImageTensor Build(ISliceSource source, TensorSpec spec, int threads = 0, CancellationToken stop = default)
    {
        var faults = string.Join("; ", spec.Faults());
        if (faults.Length > 0) throw new ArgumentException($"The tensor cannot be made: {faults}.", nameof(spec));

        var plan = ResamplePlan.For(source.Grid, spec);
        var values = GC.AllocateUninitializedArray<float>(checked((int)spec.Size.Voxels));
        if (plan.From != default || plan.Until != plan.Size) Array.Fill(values, (float)spec.PadValue);
        var cores = new Cores(threads, stop);
        if (plan.IsSeparable) BuildByAxes(source, plan, IntensityScale.Of(spec), values, cores);
        else BuildByVoxels(source, plan, IntensityScale.Of(spec), values, cores);
        return new ImageTensor(values, plan.Size, plan.ToRas, plan.Field);
    }

    /// <summary>The way of nearly all CT: each slice is resampled in its plane as it is read, then planes are mixed along z.</summary>
    internal static void BuildByAxes(ISliceSource source, ResamplePlan plan, IntensityScale scale, float[] values, Cores cores)
    {
        var size = source.Grid.Size;
        var z = AxisTap.Along(plan, 2, size.Z);
        var inPlane = new PlaneResampler(AxisTap.Along(plan, 0, size.X), AxisTap.Along(plan, 1, size.Y), size.X);
        int[] needed = [.. z.SelectMany(t => t.Share > 0 ? (IEnumerable<int>)[t.Low, t.High] : [t.Low]).Distinct().Order()];
        var planes = new float[size.Z][];
        cores.ForEach(needed.Length, () => (Buffer: new short[size.X * size.Y], Row: new float[inPlane.RowLength]), (n, scratch) =>
        {
            var plane = GC.AllocateUninitializedArray<float>(inPlane.Voxels);
            inPlane.Resample(source.Read(needed[n], scratch.Buffer), scratch.Row, plane);
            planes[needed[n]] = plane;
        });

        var weaver = new SliceWeaver(plan, z, planes, scale, values);
        cores.ForEach(plan.Until.Y - plan.From.Y, () => new float[SliceWeaver.ScratchLength(z.Length)], weaver.WeaveRow);
    }

    internal static void BuildByVoxels(ISliceSource source, ResamplePlan plan, IntensityScale scale, float[] values, Cores cores)
    {
        var size = source.Grid.Size;
        var slices = new StoredSlice[size.Z];
        cores.ForEach(size.Z, k => slices[k] = source.Read(k, new short[size.X * size.Y]));
        var sampler = new ObliqueSampler(plan, size, slices, scale, values);
        cores.ForEach(plan.Until.X - plan.From.X, n => sampler.SampleColumns(plan.From.X + n));
    }
}
