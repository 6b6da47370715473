using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Models.Maps;

/// <summary>
/// An activation map over the voxels of the tensor: each cell covers its share of them, and between the cells' centres the map runs straight on all
/// three axes; beyond the outermost centres it stays as it is there.
/// </summary>
/// <param name="tensor">Voxels of the tensor.</param>
public sealed class MapField(ActivationMap map, GridSize tensor)
{
    /// <summary>At a place in the tensor's voxels, whose centres are whole numbers.</summary>
    public double At(Vector3d voxel)
    {
        var (x, y, z) = (Tap(0, voxel.X), Tap(1, voxel.Y), Tap(2, voxel.Z));
        return Between(z.Share, Plane(z.Low), Plane(z.High));

        double Plane(int d) => Between(y.Share, Line(y.Low, d), Line(y.High, d));
        double Line(int c, int d) => Between(x.Share, map[x.Low, c, d], map[x.High, c, d]);
    }

    /// <summary>
    /// Where in a box of voxels the map is strongest. It is straight between centres, so it is so at a cell's centre or on a face of the box; of places
    /// that are equally strong it is the first, and a centre rather than a face.
    /// </summary>
    /// <param name="from">The first voxel on each axis.</param>
    /// <param name="until">The one after the last.</param>
    public (Vector3d Voxel, double Value) StrongestIn(GridSize from, GridSize until)
    {
        var (best, strength) = (default(Vector3d), double.NegativeInfinity);
        var axes = (X: Candidates(0, from.X, until.X), Y: Candidates(1, from.Y, until.Y), Z: Candidates(2, from.Z, until.Z));
        foreach (var z in axes.Z)
        {
            foreach (var x in axes.X)
            {
                foreach (var y in axes.Y)
                {
                    var place = new Vector3d(x, y, z);
                    if (At(place) is var value && value > strength) (best, strength) = (place, value);
                }
            }
        }

        return (best, strength);
    }

    /// <summary>For every voxel, in the tensor's order.</summary>
    public float[] ToVoxels()
    {
        var values = new float[tensor.Voxels];
        var i = 0;
        for (var x = 0; x < tensor.X; x++)
        {
            for (var y = 0; y < tensor.Y; y++)
            {
                for (var z = 0; z < tensor.Z; z++) values[i++] = (float)At(new Vector3d(x, y, z));
            }
        }

        return values;
    }

    private static double Between(double share, double low, double high) => low + (share * (high - low));

    private double[] Candidates(int axis, int from, int until)
    {
        var voxels = (double)tensor[axis] / map.Cells[axis];
        var centres = Enumerable.Range(0, map.Cells[axis]).Select(cell => ((cell + 0.5) * voxels) - 0.5).Where(centre => centre >= from && centre <= until - 1);
        return [.. centres, from, until - 1];
    }

    private (int Low, int High, double Share) Tap(int axis, double voxel)
    {
        var cells = map.Cells[axis];
        var at = Math.Clamp(((voxel + 0.5) * cells / tensor[axis]) - 0.5, 0, cells - 1);
        var low = (int)at;
        return (low, Math.Min(low + 1, cells - 1), at - low);
    }
}
