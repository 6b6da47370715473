using System.Numerics.Tensors;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Scoring;

/// <summary>
/// Findings without a classifier: the image vector is compared with label vectors. The mean of cosines to several unit vectors is
/// the dot product with their mean, so each finding needs one vector and one dot product.
/// </summary>
public static class ZeroShot
{
    /// <returns>The vector over its length, which double precision measures.</returns>
    public static float[] Unit(ReadOnlySpan<float> vector)
    {
        var square = 0d;
        foreach (var value in vector) square += (double)value * value;
        var length = Math.Sqrt(square);
        var unit = new float[vector.Length];
        for (var i = 0; i < unit.Length; i++) unit[i] = (float)(vector[i] / length);
        return unit;
    }

    public static LabelScore Score(FindingLabel finding, ReadOnlySpan<float> unit) =>
        new(finding.Label, TensorPrimitives.Dot(unit, finding.Direction.Span));

    public static double Sigmoid(double logit) => 1 / (1 + Math.Exp(-logit));
}
