using System.Numerics.Tensors;
using TriageWorker.Models.Graphs;

namespace TriageWorker.Models.Merlin;

/// <summary>A convolution with the normalisation that follows it folded in, in double precision: kernel · g/√(v+ε), bias = β − mean · g/√(v+ε).</summary>
internal sealed class FoldedConvolution(MerlinCheckpoint checkpoint, string convolution, string norm)
{
    private readonly int[] _shape = checkpoint.File.Tensors[$"{convolution}.weight"].Shape;

    /// <param name="sumInputs">The inputs are all the same image: one whose kernel is the sum takes their place.</param>
    public Weight Kernel(Precision precision, bool sumInputs = false) => new(
        $"{convolution}.weight",
        [_shape[0], sumInputs ? 1 : _shape[1], .. _shape[2..]],
        precision,
        () => sumInputs ? Sum(Scaled(), _shape[1]) : Scaled());

    /// <summary>The kernel's planes along the depth, weighted and added up.</summary>
    /// <param name="number">Among the kernels that are made of this one.</param>
    public Weight PlaneKernel(int number, double[] weights) => new(
        $"{convolution}.weight{number}",
        [_shape[0], _shape[1], 1, .. _shape[3..]],
        Precision.Float32,
        () => Planes(Scaled(), weights));

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

    private double[] Scaled()
    {
        var (kernel, scale) = (checkpoint.Read($"{convolution}.weight"), Scale());
        var size = kernel.Length / scale.Length;
        for (var output = 0; output < scale.Length; output++)
        {
            var of = kernel.AsSpan(output * size, size);
            TensorPrimitives.Multiply(of, scale[output], of);
        }

        return kernel;
    }

    private double[] Sum(double[] kernel, int inputs)
    {
        var size = kernel.Length / _shape[0] / inputs;
        var summed = new double[_shape[0] * size];
        for (var block = 0; block < _shape[0] * inputs; block++)
        {
            var sum = summed.AsSpan(block / inputs * size, size);
            TensorPrimitives.Add(sum, kernel.AsSpan(block * size, size), sum);
        }

        return summed;
    }

    private double[] Planes(double[] kernel, double[] weights)
    {
        var size = _shape[3] * _shape[4];
        var planes = new double[kernel.Length / weights.Length];
        for (var plane = 0; plane < kernel.Length / size; plane++)
        {
            var sum = planes.AsSpan(plane / weights.Length * size, size);
            TensorPrimitives.MultiplyAdd(kernel.AsSpan(plane * size, size), weights[plane % weights.Length], sum, sum);
        }

        return planes;
    }
}
