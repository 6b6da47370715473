namespace TriageWorker.Imaging.Tensors;

/// <summary>How the image comes to the size of the tensor.</summary>
public enum TensorFit
{
    /// <summary>At the spacing that the model wants, then padded or cropped about the centre of the image.</summary>
    Crop,

    /// <summary>
    /// Stretched along its own axes until its outer faces are those of the tensor, whatever spacing that gives: MONAI's Resize
    /// (trilinear, corners not aligned; nearest-exact).
    /// </summary>
    Resize,
}
