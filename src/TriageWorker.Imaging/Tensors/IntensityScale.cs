namespace TriageWorker.Imaging.Tensors;

/// <summary>
/// Hounsfield units to the tensor's range, and the clip (MONAI's ScaleIntensityRange). The order of the operations is part of the
/// result: whoever computes by vectors takes the same steps, so that a voxel's bits do not depend on the width of a register.
/// </summary>
internal readonly record struct IntensityScale(float From, float Range, float Span, float To, float Low, float High)
{
    public static IntensityScale Of(TensorSpec spec) => new(
        (float)spec.HuMin,
        (float)(spec.HuMax - spec.HuMin),
        (float)(spec.OutMax - spec.OutMin),
        (float)spec.OutMin,
        spec.Clip ? (float)Math.Min(spec.OutMin, spec.OutMax) : float.NegativeInfinity,
        spec.Clip ? (float)Math.Max(spec.OutMin, spec.OutMax) : float.PositiveInfinity);

    public float Apply(float hu) => Math.Min(Math.Max(((hu - From) / Range * Span) + To, Low), High);
}
