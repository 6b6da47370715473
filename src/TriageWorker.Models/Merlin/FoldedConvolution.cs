using TriageWorker.Models.Graphs;

namespace TriageWorker.Models.Merlin;

/// <summary>
/// A convolution with the normalisation that follows it folded in, in double precision: kernel · g/√(v+ε), bias = β − mean · g/√(v+ε).
/// Its kernel is turned from Merlin's (depth, rows, columns) = (Z, X, Y) to the tensor's own (X, Y, Z), so that nothing is permuted at run time.
/// </summary>
internal sealed class FoldedConvolution(MerlinCheckpoint checkpoint, string convolution, string norm)
{
    private readonly int[] _shape = checkpoint.File.Tensors[$"{convolution}.weight"].Shape;

    /// <param name="sumInputs">The inputs are all the same image: one whose kernel is the sum takes their place.</param>
    public Weight Kernel(Precision precision, bool sumInputs = false) => new(
        $"{convolution}.weight",
        [_shape[0], sumInputs ? 1 : _shape[1], _shape[3], _shape[4], _shape[2]],
        precision,
        () => Turned(checkpoint.Read($"{convolution}.weight"), Scale(), sumInputs));

    public Weight Bias(Precision precision) => new($"{convolution}.bias", [_shape[0]], precision, () =>
    {
        var (scale, mean, bias) = (Scale(), checkpoint.Read($"{norm}.running_mean"), checkpoint.Read($"{norm}.bias"));
        return [.. scale.Select((factor, i) => bias[i] - (mean[i] * factor))];
    });

    private double[] Scale()
    {
        var (weight, variance) = (checkpoint.Read($"{norm}.weight"), checkpoint.Read($"{norm}.running_var"));
        return [.. weight.Select((factor, i) => factor / Math.Sqrt(variance[i] + ImageEncoder.NormEpsilon))];
    }

    private double[] Turned(double[] kernel, double[] scale, bool sumInputs)
    {
        var (outputs, inputs, depth, plane) = (_shape[0], _shape[1], _shape[2], _shape[3] * _shape[4]);
        var turned = new double[sumInputs ? kernel.Length / inputs : kernel.Length];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                var from = ((o * inputs) + i) * depth * plane;
                var to = sumInputs ? o * depth * plane : from;
                for (var d = 0; d < depth; d++)
                {
                    for (var p = 0; p < plane; p++) turned[to + (p * depth) + d] += kernel[from + (d * plane) + p] * scale[o];
                }
            }
        }

        return turned;
    }
}
