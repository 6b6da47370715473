using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Tensors;

/// <summary>The way of all other grids (turned, or sheared along other axes): voxel by voxel in double precision, slab by slab.</summary>
internal static class TensorByVoxels
{
    public static void Make(TensorWork work)
    {
        var (along, across) = (work.Plan.AxisOf(2), work.Plan.AxisOf(0));
        var axis = work.Axis(2);
        var needed = Reached(work.Plan.From[along], work.Plan.Until[along] - work.Plan.From[along]).Length;
        var slices = new SliceWindow<SliceBuffer>(work.Image.Z, () => new SliceBuffer(work.Image.X * work.Image.Y), Read, work.Cores);
        foreach (var (from, count) in work.SlabsOf(needed))
        {
            slices.Hold(Reached(work.Plan.From[along] + from, count));
            var sampler = new ObliqueSampler(work, slices, from, count);
            work.Cores.ForEach(work.Plan.Until[across] - work.Plan.From[across], sampler.Sample);
        }

        void Read(int slice, SliceBuffer buffer)
        {
            buffer.Fill(work, slice);
            work.HasRead(needed);
        }

        // A linear map is at its least and its most in corners.
        int[] Reached(int from, int count)
        {
            double[] places = [.. Corners(from, count).Select(corner => work.Plan.ToSource.At(corner).Z)];
            var (low, high) = (axis.Tap(places.Min()).Low, axis.Tap(places.Max()).High);
            return [.. Enumerable.Range(low, high - low + 1)];
        }

        IEnumerable<Vector3d> Corners(int from, int count)
        {
            double[] Ends(int tensorAxis) => tensorAxis == along ? [from, from + count - 1] : [work.Plan.From[tensorAxis], work.Plan.Until[tensorAxis] - 1];
            return from x in Ends(0) from y in Ends(1) from z in Ends(2) select new Vector3d(x, y, z);
        }
    }
}
