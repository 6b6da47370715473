namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Where the tensor keeps the part that the image fills, told by the image's axes (columns, rows, slices), which the tensor may
/// have in another order: index of a voxel = <c>Start + i·StrideI + j·StrideJ + k·StrideK</c>.
/// </summary>
internal readonly record struct TensorBlock(int Start, int StrideI, int StrideJ, int StrideK)
{
    public static TensorBlock Of(ResamplePlan plan)
    {
        int[] strides = [plan.Size.Y * plan.Size.Z, plan.Size.Z, 1];
        return new TensorBlock(
            (plan.From.X * strides[0]) + (plan.From.Y * strides[1]) + plan.From.Z,
            strides[plan.AxisOf(0)],
            strides[plan.AxisOf(1)],
            strides[plan.AxisOf(2)]);
    }

    public int At(int i, int j) => Start + (i * StrideI) + (j * StrideJ);

    /// <summary>The block from slice <paramref name="k"/> of it on.</summary>
    public TensorBlock From(int k) => this with { Start = Start + (k * StrideK) };
}
