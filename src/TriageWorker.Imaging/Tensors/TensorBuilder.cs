using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Makes a model's input from the slices of a volume, without ever holding the volume: beside the tensor there are in memory
/// the slices that one slab of it reaches (some 50 mm, or a few slices for each core).
/// </summary>
public static class TensorBuilder
{
    /// <param name="source">The slices, each read once.</param>
    /// <param name="spec">What the model wants.</param>
    /// <param name="threads">How many cores may work; 0 for all.</param>
    /// <param name="stop">Ends the work between two slices, with an <see cref="OperationCanceledException"/>.</param>
    /// <returns>float32 [1, X, Y, Z] of <see cref="TensorSpec.Size"/>, equal to MONAI's chain to 1e-4.</returns>
    /// <exception cref="ArgumentException">The specification has faults.</exception>
    public static ImageTensor Build(ISliceSource source, TensorSpec spec, int threads = 0, CancellationToken stop = default) => Build(source, spec, null, threads, stop);

    /// <inheritdoc cref="Build(ISliceSource, TensorSpec, int, CancellationToken)"/>
    /// <param name="progress">Told of each slice that was read, on the thread that read it.</param>
    public static ImageTensor Build(ISliceSource source, TensorSpec spec, IProgress<TensorProgress>? progress, int threads, CancellationToken stop)
    {
        var faults = string.Join("; ", spec.Faults());
        if (faults.Length > 0) throw new ArgumentException($"The tensor cannot be made: {faults}.", nameof(spec));

        var plan = ResamplePlan.For(source.Grid, spec);
        var values = GC.AllocateUninitializedArray<float>(checked((int)spec.Size.Voxels));
        if (plan.From != default || plan.Until != plan.Size) Array.Fill(values, (float)spec.PadValue);
        WayOf(plan)(new TensorWork(source, spec, plan, values, new Cores(threads, stop), progress));
        return new ImageTensor(values, plan.Size, plan.ToRas, plan.Field) { FilledFrom = plan.From, FilledUntil = plan.Until };
    }

    internal static Action<TensorWork> WayOf(ResamplePlan plan) => plan switch
    {
        { IsSeparable: true } => TensorByAxes.Make,
        { Leans: true } => TensorByPlanes.Make,
        _ => TensorByVoxels.Make,
    };
}
