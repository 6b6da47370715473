using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Volumes;

namespace TriageWorker.Imaging.Tests.Tensors;

/// <summary>Volumes whose values are a known function of the place in the patient, so that every tensor voxel can be foretold.</summary>
internal static class Fields
{
    /// <summary>A linear field: trilinear interpolation gives it back exactly, on any grid, everywhere inside the volume.</summary>
    public static double Linear(Vector3d ras) => (3 * ras.X) - (2 * ras.Y) + (5 * ras.Z) + 40;

    public static Volume Of(VolumeGrid grid, Func<Vector3d, double> hu)
    {
        const double Slope = 0.05;
        var stored = new short[grid.Size.Voxels];
        var n = 0;
        for (var k = 0; k < grid.Size.Z; k++)
        {
            for (var j = 0; j < grid.Size.Y; j++)
            {
                for (var i = 0; i < grid.Size.X; i++) stored[n++] = checked((short)Math.Round(hu(grid.ToRas.At(new(i, j, k))) / Slope));
            }
        }

        return new Volume(grid, stored, [.. Enumerable.Repeat(new Rescale(Slope, 0), grid.Size.Z)]);
    }

    /// <summary>Values without any order, the same ones for the same seed.</summary>
    public static Volume Noise(VolumeGrid grid, int seed)
    {
        var random = new Random(seed);
        var stored = new short[grid.Size.Voxels];
        for (var n = 0; n < stored.Length; n++) stored[n] = (short)random.Next(-1100, 1200);
        return new Volume(grid, stored);
    }
}
