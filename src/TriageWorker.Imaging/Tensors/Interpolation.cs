namespace TriageWorker.Imaging.Tensors;

/// <summary>What stands between the voxels of the image.</summary>
public enum Interpolation
{
    /// <summary>The straight line between neighbours, on all three axes.</summary>
    Linear,

    /// <summary>The value of the nearest voxel. Half way it is the one with the even index, and the higher one under <see cref="TensorFit.Resize"/>.</summary>
    Nearest,
}
