using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// How a model wants its input made. The defaults are Merlin's published chain (MONAI: Orientation, Spacing, ScaleIntensityRange,
/// SpatialPad, CenterSpatialCrop), which <see cref="TensorBuilder"/> reproduces to 1e-4.
/// </summary>
public sealed record TensorSpec
{
    private const double MostToleranceMm = 10, MostPad = 1e6;

    public static TensorSpec Merlin { get; } = new();

    /// <summary>Where the index grows to on each axis: R/L, A/P, S/I.</summary>
    public string Axes { get; init; } = "RAS";

    public Interpolation Interpolation { get; init; }

    public TensorFit Fit { get; init; }

    /// <summary>
    /// Millimetres between voxel centres on the tensor's axes. An axis already within <see cref="SpacingToleranceMm"/> keeps its own.
    /// Of no meaning to <see cref="TensorFit.Resize"/>.
    /// </summary>
    public Vector3d SpacingMm { get; init; } = new(1.5, 1.5, 3);

    public double SpacingToleranceMm { get; init; } = 1e-3;

    /// <summary>Voxels of the tensor.</summary>
    public GridSize Size { get; init; } = new(224, 224, 160);

    /// <summary>Hounsfield units that become <see cref="OutMin"/> and <see cref="OutMax"/>; applied after resampling.</summary>
    public double HuMin { get; init; } = -1000;

    public double HuMax { get; init; } = 1000;

    public double OutMin { get; init; }

    public double OutMax { get; init; } = 1;

    /// <summary>Whether values outside the range are held at its ends.</summary>
    public bool Clip { get; init; } = true;

    /// <summary>What stands outside the image, in the tensor's own units.</summary>
    public double PadValue { get; init; }

    /// <summary>What is wrong with this specification; empty when it can be used.</summary>
    public IEnumerable<string> Faults()
    {
        if (Size.X < 1 || Size.Y < 1 || Size.Z < 1 || Size.Voxels > 1 << 28) yield return $"size {Size} is not between 1 and {1 << 28} voxels";
        if (!SpacingMm.IsFinite || SpacingMm.X <= 0 || SpacingMm.Y <= 0 || SpacingMm.Z <= 0) yield return "spacing must be above 0 mm on each axis";
        if (!(SpacingToleranceMm >= 0 && SpacingToleranceMm <= MostToleranceMm)) yield return $"the spacing's tolerance must be 0 to {MostToleranceMm} mm";
        if (!(Math.Abs(PadValue) <= MostPad)) yield return $"what is around the image must be {-MostPad} to {MostPad}, as a tensor's numbers are";
        if (!(HuMax > HuMin)) yield return $"the intensity range {HuMin} to {HuMax} HU is empty";
        if (!AxisOrder.IsCode(Axes)) yield return $"axes \"{Axes}\" do not name each of R/L, A/P and S/I once";
    }
}
