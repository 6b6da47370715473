namespace TriageWorker.Imaging.Tensors;

/// <summary>The way of nearly all CT: each slice is resampled in its plane as it is read, then planes are mixed along the slices' axis.</summary>
internal static class TensorByAxes
{
    public static void Make(TensorWork work)
    {
        var (i, j, k) = (work.Taps(0), work.Taps(1), work.Taps(2));
        var block = TensorBlock.Of(work.Plan);
        var needed = AxisTap.Needed(k).Length;
        var inPlane = new PlaneResampler(i, j, work.Image.X);
        var spare = new Spare<(SliceBuffer Slice, float[] Row)>(() => (new SliceBuffer(work.Image.X * work.Image.Y), new float[inPlane.RowLength]));
        var planes = new SliceWindow<float[]>(work.Image.Z, () => GC.AllocateUninitializedArray<float>(inPlane.Voxels), Resample, work.Cores);
        foreach (var (from, count) in work.SlabsOf(needed))
        {
            var taps = k[from..(from + count)];
            planes.Hold(AxisTap.Needed(taps));
            MixedPlane[] mixed = [.. taps.Select(tap => new MixedPlane(planes[tap.Low], tap.Share > 0 ? planes[tap.High] : planes[tap.Low], tap.Share))];
            new SliceWeaver(block.From(from), i.Length, mixed, work.Scale, work.Values).Weave(j.Length, work.Cores);
        }

        void Resample(int slice, float[] plane) => spare.With(own =>
        {
            own.Slice.Fill(work, slice);
            inPlane.Resample(own.Slice.Slice, own.Row, plane);
            work.HasRead(needed);
        });
    }
}
