using System.Numerics.Tensors;

namespace TriageWorker.Models.Maps;

/// <summary>A linear layer on the embedding: output k is <c>Weights[k]·embedding + Bias[k]</c>.</summary>
/// <param name="Weights">Row by row.</param>
internal sealed record LinearHead(int Outputs, int Features, float[] Weights, float[] Bias)
{
    public ReadOnlySpan<float> Row(int output) => Weights.AsSpan(output * Features, Features);

    public float[] Apply(ReadOnlySpan<float> embedding)
    {
        var values = new float[Outputs];
        for (var k = 0; k < Outputs; k++) values[k] = TensorPrimitives.Dot(Row(k), embedding) + Bias[k];
        return values;
    }

    /// <summary>The one row that gives the dot product of all outputs with a direction, in double precision until its end.</summary>
    public (float[] Weights, double Bias) Along(ReadOnlySpan<float> direction)
    {
        var (sum, bias) = (new double[Features], 0d);
        for (var k = 0; k < Outputs; k++)
        {
            var row = Row(k);
            for (var c = 0; c < sum.Length; c++) sum[c] += (double)direction[k] * row[c];
            bias += (double)direction[k] * Bias[k];
        }

        return (Array.ConvertAll(sum, value => (float)value), bias);
    }
}
