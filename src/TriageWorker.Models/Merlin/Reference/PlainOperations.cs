using System.Numerics.Tensors;

namespace TriageWorker.Models.Merlin.Reference;

/// <summary>
/// The network's operations as textbooks have them, in double precision: nothing folded, nothing moved, nothing shared with the graph
/// that is judged by them.
/// </summary>
internal static class PlainOperations
{
    /// <param name="kernel">As stored: [outputs, inputs, depth, rows, columns].</param>
    public static Field Convolve(Field input, double[] kernel, int outputs, Window window)
    {
        var output = window.Output(input, outputs);
        var byTap = ByTap(kernel, outputs, input.Channels, window.Taps);
        Parallel.For(0, output.Depth * output.Rows, row =>
        {
            for (var c = 0; c < output.Columns; c++)
            {
                var sum = output.At(row / output.Rows, row % output.Rows, c);
                foreach (var (place, tap) in window.Covered(input, row / output.Rows, row % output.Rows, c))
                {
                    var values = input.At(place);
                    for (var i = 0; i < values.Length; i++)
                    {
                        if (values[i] == 0) continue;
                        TensorPrimitives.MultiplyAdd(byTap.AsSpan(((tap * input.Channels) + i) * outputs, outputs), values[i], sum, sum);
                    }
                }
            }
        });
        return output;
    }

    /// <summary>(x − mean) / √(variance + ε) · weight + bias, channel by channel, in place.</summary>
    public static void Normalise(Field field, double[] weight, double[] bias, double[] mean, double[] variance, double epsilon)
    {
        for (var place = 0; place < field.Places; place++)
        {
            var values = field.At(place);
            for (var i = 0; i < values.Length; i++) values[i] = ((values[i] - mean[i]) / Math.Sqrt(variance[i] + epsilon) * weight[i]) + bias[i];
        }
    }

    public static void Add(Field field, Field other) => TensorPrimitives.Add(field.Values, other.Values, field.Values);

    public static void Rectify(Field field) => TensorPrimitives.Max(field.Values, 0, field.Values);

    public static Field MaxPool(Field input, Window window)
    {
        var output = window.Output(input, input.Channels);
        output.Values.AsSpan().Fill(double.NegativeInfinity);
        for (var row = 0; row < output.Depth * output.Rows; row++)
        {
            for (var c = 0; c < output.Columns; c++)
            {
                var largest = output.At(row / output.Rows, row % output.Rows, c);
                foreach (var (place, _) in window.Covered(input, row / output.Rows, row % output.Rows, c)) TensorPrimitives.Max(largest, input.At(place), largest);
            }
        }

        return output;
    }

    /// <summary>The mean of each channel.</summary>
    public static double[] Mean(Field field)
    {
        var mean = new double[field.Channels];
        for (var place = 0; place < field.Places; place++) TensorPrimitives.Add(mean, field.At(place), mean);
        TensorPrimitives.Divide(mean, field.Places, mean);
        return mean;
    }

    /// <param name="weight">[outputs, inputs].</param>
    public static double[] Linear(double[] input, double[] weight, double[] bias) =>
        [.. bias.Select((offset, o) => offset + TensorPrimitives.Dot<double>(weight.AsSpan(o * input.Length, input.Length), input))];

    public static double[] Unit(double[] vector)
    {
        var unit = new double[vector.Length];
        TensorPrimitives.Divide(vector, TensorPrimitives.Norm<double>(vector), unit);
        return unit;
    }

    private static double[] ByTap(double[] kernel, int outputs, int inputs, int taps)
    {
        var byTap = new double[kernel.Length];
        for (var o = 0; o < outputs; o++)
        {
            for (var i = 0; i < inputs; i++)
            {
                for (var tap = 0; tap < taps; tap++) byTap[(((tap * inputs) + i) * outputs) + o] = kernel[(((o * inputs) + i) * taps) + tap];
            }
        }

        return byTap;
    }
}
