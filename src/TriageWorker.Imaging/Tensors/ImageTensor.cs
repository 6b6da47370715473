using System.Runtime.InteropServices;
using System.Security.Cryptography;
using TriageWorker.Imaging.Geometry;

namespace TriageWorker.Imaging.Tensors;

/// <summary>A model's input, float32 [1, X, Y, Z]: index <c>(x·Y + y)·Z + z</c>.</summary>
public sealed class ImageTensor(float[] values, GridSize size, Affine toRas, FieldOfView field)
{
    public float[] Values { get; } = values;

    public GridSize Size { get; } = size;

    /// <summary>Tensor index to millimetres, RAS+: leads from an activation map back to the patient.</summary>
    public Affine ToRas { get; } = toRas;

    public FieldOfView Field { get; } = field;

    /// <summary>The first voxel on each axis that the image fills; before it the tensor is padded.</summary>
    public GridSize FilledFrom { get; init; }

    /// <summary>On each axis the voxel after the last that the image fills.</summary>
    public GridSize FilledUntil { get; init; } = size;

    public float this[int x, int y, int z] => Values[(((x * Size.Y) + y) * Size.Z) + z];

    /// <summary>SHA-256 over the values as little-endian float32, in lower-case hex.</summary>
    public string Digest() => Convert.ToHexStringLower(SHA256.HashData(MemoryMarshal.AsBytes(Values.AsSpan())));
}

/// <summary>How much of the image the tensor shows: millimetres cut away at the low and high end of each tensor axis (0 when padded).</summary>
public sealed record FieldOfView(Vector3d ImageMm, Vector3d CutLowMm, Vector3d CutHighMm);
