using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Series;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Maps;

/// <summary>Where a score comes from most: the model's attention, which is no location of a finding.</summary>
/// <param name="Strength">What the place adds to the score, as if all cells were like it.</param>
/// <param name="Place">In millimetres, in the patient coordinate system of DICOM (LPS).</param>
/// <param name="Slice">Of the series' slices in the order of the geometry, counted from 1.</param>
/// <param name="SliceZ">z of that slice beside the place, in millimetres.</param>
/// <param name="SopUid">Of the slice's image.</param>
/// <param name="Frame">Of a multi-frame image, counted from 1.</param>
public sealed record Attention(ScoreLabel Label, double Strength, Vector3d Place, int Slice, int Slices, double SliceZ, string SopUid, int? Frame)
{
    /// <summary>The strongest place among the voxels that the image fills; null when the map is flat.</summary>
    /// <param name="map">Of a score of <paramref name="tensor"/>.</param>
    /// <param name="tensor">Made of the slices of <paramref name="geometry"/>.</param>
    /// <param name="geometry">Of the series.</param>
    public static Attention? Of(ActivationMap map, ImageTensor tensor, SeriesGeometry geometry)
    {
        if (map.IsFlat) return null;
        var (voxel, strength) = new MapField(map, tensor.Size).StrongestIn(tensor.FilledFrom, tensor.FilledUntil);
        var place = tensor.ToRas.At(voxel);
        var grid = geometry.Grid;
        var source = grid.ToRas.Inverse().At(place);
        var slice = Nearest(source.Z, grid);
        var beside = grid.ToRas.At(source with { Z = grid.SlicePlaces?[slice] ?? slice });
        var image = geometry.Slices[slice];
        return new Attention(map.Label, strength, new Vector3d(-place.X, -place.Y, place.Z), slice + 1, geometry.Slices.Count, beside.Z, image.SopUid ?? "", image.Pixels.Frame + 1);
    }

    /// <summary>The slice next to a place along the slices' axis; the lower one half way.</summary>
    private static int Nearest(double place, VolumeGrid grid)
    {
        if (grid.SlicePlaces is not { } places) return (int)Math.Clamp(Math.Ceiling(place - 0.5), 0, grid.Size.Z - 1);
        var nearest = 0;
        for (var k = 1; k < places.Count; k++)
            if (Math.Abs(places[k] - place) < Math.Abs(places[nearest] - place)) nearest = k;
        return nearest;
    }
}
