using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Imaging.Volumes;
using TriageWorker.Phantoms;

namespace TriageWorker.Host.Training;

/// <summary>A phantom as a model sees it, with the truth that was drawn.</summary>
public sealed record DrawnCase(PhantomSpec Spec, PhantomAttributes Truth, bool Contrast, ImageTensor Tensor)
{
    /// <summary>What each voxel of the tensor belongs to; null unless the spec asks for regions.</summary>
    public byte[]? Regions { get; init; }

    /// <summary>Draws the phantom and makes its tensor as the scoring role would from its slices.</summary>
    public static DrawnCase Draw(PhantomSpec spec, TensorSpec tensor, CancellationToken stop)
    {
        var study = Phantom.Draw(spec, threads: 1, stop);
        var volume = VolumeOf(study);
        var made = TensorBuilder.Build(volume, tensor, threads: 1, stop);
        var regions = study.Regions is { } drawn ? RegionMap.Sample(drawn, volume.Grid, made) : null;
        return new DrawnCase(spec, study.Attributes, study.Patient.Contrast, made) { Regions = regions };
    }

    private static Volume VolumeOf(PhantomStudy study)
    {
        var g = study.Geometry;
        var grid = VolumeGrid.FromLps(
            new GridSize(g.Columns, g.Rows, g.Slices),
            Affine.Scale(g.PixelSpacing, g.PixelSpacing, g.SliceSpacing) with { Origin = new(g.OriginX, g.OriginY, g.OriginZ) });
        return new Volume(grid, study.Hounsfield);
    }
}
