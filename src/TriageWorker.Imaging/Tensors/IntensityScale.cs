namespace TriageWorker.Imaging.Tensors;

/// <summary>Hounsfield units to the tensor's range, and the clip (MONAI's ScaleIntensityRange).</summary>
internal readonly record struct IntensityScale(float Factor, float Offset, float Low, float High)
{
    public static IntensityScale Of(TensorSpec spec)
    {
        var factor = (spec.OutMax - spec.OutMin) / (spec.HuMax - spec.HuMin);
        return new IntensityScale(
            (float)factor,
            (float)(spec.OutMin - (spec.HuMin * factor)),
            spec.Clip ? (float)Math.Min(spec.OutMin, spec.OutMax) : float.NegativeInfinity,
            spec.Clip ? (float)Math.Max(spec.OutMin, spec.OutMax) : float.PositiveInfinity);
    }

    public float Apply(double hu) => Math.Clamp((float)((hu * Factor) + Offset), Low, High);
}
