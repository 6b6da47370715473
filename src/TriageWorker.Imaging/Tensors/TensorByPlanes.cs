namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// The way of slices that lean (a tilted gantry): each plane of the tensor is parallel to the slices, but the two next to it are shifted
/// against it, each tensor plane by its own amount. So both are resampled in their plane for it alone, and mixed.
/// </summary>
internal static class TensorByPlanes
{
    public static void Make(TensorWork work)
    {
        var (i, j, k) = (work.Taps(0), work.Taps(1), work.Taps(2));
        var first = work.Plan.From[work.Plan.AxisOf(2)];
        var block = TensorBlock.Of(work.Plan);
        var needed = AxisTap.Needed(k).Length;
        var slices = new SliceWindow<SliceBuffer>(work.Image.Z, () => new SliceBuffer(work.Image.X * work.Image.Y), Read, work.Cores);
        var spare = new Spare<(float[] Row, float[] High)>(() => (new float[PlaneResampler.RowLengthOf(work.Image.X)], new float[i.Length * j.Length]));
        var planes = new List<float[]>();
        foreach (var (from, count) in work.SlabsOf(needed))
        {
            slices.Hold(AxisTap.Needed(k[from..(from + count)]));
            while (planes.Count < count) planes.Add(new float[i.Length * j.Length]);
            work.Cores.ForEach(count, n => spare.With(own => Mix(first + from + n, k[from + n], own, planes[n])));
            MixedPlane[] mixed = [.. planes.Take(count).Select(plane => new MixedPlane(plane, plane, 0))];
            new SliceWeaver(block.From(from), i.Length, mixed, work.Scale, work.Values).Weave(j.Length, work.Cores);
        }

        void Read(int slice, SliceBuffer buffer)
        {
            buffer.Fill(work, slice);
            work.HasRead(needed);
        }

        void Mix(int plane, AxisTap tap, (float[] Row, float[] High) own, float[] mixed)
        {
            var inPlane = new PlaneResampler(work.Taps(0, plane), work.Taps(1, plane), work.Image.X);
            inPlane.Resample(slices[tap.Low].Slice, own.Row, mixed);
            if (tap.Share == 0) return;
            inPlane.Resample(slices[tap.High].Slice, own.Row, own.High);
            for (var n = 0; n < mixed.Length; n++) mixed[n] += (own.High[n] - mixed[n]) * tap.Share;
        }
    }
}
