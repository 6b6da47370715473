using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Imaging.Body;

/// <summary>Where the body lies in a series, in cells of some 4 mm on each slice that was looked at: its largest piece with all that this encloses.</summary>
/// <param name="grid">Of the series.</param>
/// <param name="every">How many slices each one stands for.</param>
/// <param name="sections">Of each slice looked at, the cells: row × columns + column, in pixels.</param>
public sealed class BodyOutline(VolumeGrid grid, int every, IReadOnlyList<int[]> sections)
{
    /// <summary>How much of the body lies outside what a tensor shows, from 0 to 1; 0 where there is no body.</summary>
    public double ShareOutside(ImageTensor tensor)
    {
        var toTensor = tensor.ToRas.Inverse().After(grid.ToRas);
        var (all, outside) = (0L, 0L);
        for (var section = 0; section < sections.Count; section++)
        {
            var slice = section * every;
            var stands = Math.Min(every, grid.Size.Z - slice);
            all += (long)stands * sections[section].Length;
            outside += (long)stands * sections[section].Count(cell => !IsIn(toTensor.At(new(cell % grid.Size.X, cell / grid.Size.X, slice)), tensor.Size));
        }

        return all == 0 ? 0 : (double)outside / all;
    }

    private static bool IsIn(Vector3d place, GridSize size) => IsIn(place.X, size.X) && IsIn(place.Y, size.Y) && IsIn(place.Z, size.Z);

    // A voxel reaches half its size beyond its centre.
    private static bool IsIn(double at, int voxels) => at >= -0.5 && at <= voxels - 0.5;
}
