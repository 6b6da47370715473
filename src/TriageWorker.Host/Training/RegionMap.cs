using System.Runtime.InteropServices;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Phantoms;

namespace TriageWorker.Host.Training;

/// <summary>What the voxels of a tensor belong to: for each the nearest voxel that was drawn.</summary>
internal static class RegionMap
{
    public static byte[] Sample(PhantomRegion[] drawn, VolumeGrid grid, ImageTensor tensor)
    {
        var source = MemoryMarshal.AsBytes(drawn.AsSpan());
        var toDrawn = grid.ToRas.Inverse().After(tensor.ToRas);
        var (from, to) = (grid.Size, tensor.Size);
        var map = new byte[to.Voxels];
        var i = 0;
        for (var x = 0; x < to.X; x++)
        {
            for (var y = 0; y < to.Y; y++)
            {
                for (var z = 0; z < to.Z; z++, i++)
                {
                    var at = toDrawn.At(new Vector3d(x, y, z));
                    int c = (int)Math.Round(at.X), r = (int)Math.Round(at.Y), s = (int)Math.Round(at.Z);
                    if ((uint)c < (uint)from.X && (uint)r < (uint)from.Y && (uint)s < (uint)from.Z) map[i] = source[(((s * from.Y) + r) * from.X) + c];
                }
            }
        }

        return map;
    }
}
