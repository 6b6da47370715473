using System.Numerics.Tensors;
using static TriageWorker.Models.Merlin.Reference.PlainOperations;

namespace TriageWorker.Models.Merlin.Reference;

/// <summary>
/// Merlin's text encoder computed straight from the checkpoint, one tensor at a time, in double precision: a window that slides over the tokens, no mask and no padding. Slow and short.
/// What the graph says is measured against it.
/// </summary>
internal sealed class PlainTextForward(MerlinCheckpoint checkpoint, TextAttention attention)
{
    private readonly TextEncoder _encoder = checkpoint.Text ?? throw new ArgumentException("This checkpoint has no text encoder.", nameof(checkpoint));

    /// <param name="ids">Without padding.</param>
    /// <param name="layerDone">Called after each layer.</param>
    /// <param name="stop">Ends the work between two layers.</param>
    /// <returns>A unit vector.</returns>
    public double[] Run(IReadOnlyList<int> ids, Action? layerDone = null, CancellationToken stop = default)
    {
        var states = Normalised([.. ids.Select(Embedded)], $"{_encoder.Prefix}embeddings.LayerNorm");
        for (var number = 0; number < _encoder.Layers; number++)
        {
            stop.ThrowIfCancellationRequested();
            var layer = $"{_encoder.Prefix}encoder.layer.{number}.";
            states = Normalised(Sum(states, Dense(Attended(states, $"{layer}attention.self."), $"{layer}attention.output.dense")), $"{layer}attention.output.LayerNorm");
            var inner = Dense(states, $"{layer}intermediate.dense");
            foreach (var state in inner)
                for (var i = 0; i < state.Length; i++) state[i] *= (1 + ErrorFunction(state[i] / Math.Sqrt(2))) / 2;
            states = Normalised(Sum(states, Dense(inner, $"{layer}output.dense")), $"{layer}output.LayerNorm");
            layerDone?.Invoke();
        }

        return Unit(Dense([states[0]], $"{TextEncoder.Where}linear_layer")[0]);
    }

    private double[] Embedded(int id, int index)
    {
        var embeddings = $"{_encoder.Prefix}embeddings.";
        var sum = Row($"{embeddings}word_embeddings.weight", id);
        TensorPrimitives.Add(sum, Row($"{embeddings}position_embeddings.weight", TextEncoder.Pad + 1 + index), sum);
        TensorPrimitives.Add(sum, Row($"{embeddings}token_type_embeddings.weight", 0), sum);
        return sum;
    }

    /// <summary>One row of a table that may be large.</summary>
    private double[] Row(string name, int row)
    {
        var table = checkpoint.File.Tensors[name];
        return checkpoint.File.Read<double>(table with { Offset = table.Offset + (row * table.Stride[0]), Shape = [table.Shape[1]], Stride = [table.Stride[1]], Count = table.Shape[1] });
    }

    /// <summary>For each token and head, the values of the tokens in the window, by how well their keys answer its query.</summary>
    private double[][] Attended(double[][] states, string self)
    {
        var (queries, keys, values) = (Dense(states, $"{self}query"), Dense(states, $"{self}key"), Dense(states, $"{self}value"));
        var size = _encoder.Hidden / attention.Heads;
        var mixed = new double[states.Length][];
        Parallel.For(0, states.Length, i =>
        {
            mixed[i] = new double[_encoder.Hidden];
            var (first, last) = (Math.Max(0, i - attention.Reach), Math.Min(states.Length - 1, i + attention.Reach));
            for (var from = 0; from < _encoder.Hidden; from += size)
            {
                var shares = new double[last - first + 1];
                for (var j = first; j <= last; j++) shares[j - first] = TensorPrimitives.Dot<double>(queries[i].AsSpan(from, size), keys[j].AsSpan(from, size)) / Math.Sqrt(size);
                TensorPrimitives.Subtract(shares, TensorPrimitives.Max<double>(shares), shares);
                TensorPrimitives.SoftMax<double>(shares, shares);
                var into = mixed[i].AsSpan(from, size);
                for (var j = first; j <= last; j++) TensorPrimitives.MultiplyAdd(values[j].AsSpan(from, size), shares[j - first], into, into);
            }
        });
        return mixed;
    }

    private double[][] Dense(double[][] states, string name)
    {
        var (weight, bias) = (checkpoint.Read($"{name}.weight"), checkpoint.Read($"{name}.bias"));
        double[][] results = [.. states.Select(_ => new double[bias.Length])];
        Parallel.For(0, bias.Length, o =>
        {
            var row = weight.AsSpan(o * states[0].Length, states[0].Length);
            for (var i = 0; i < states.Length; i++) results[i][o] = bias[o] + TensorPrimitives.Dot<double>(row, states[i]);
        });
        return results;
    }

    private static double[][] Sum(double[][] states, double[][] others)
    {
        for (var i = 0; i < states.Length; i++) TensorPrimitives.Add(others[i], states[i], others[i]);
        return others;
    }

    private double[][] Normalised(double[][] states, string name)
    {
        var (weight, bias) = (checkpoint.Read($"{name}.weight"), checkpoint.Read($"{name}.bias"));
        foreach (var state in states)
        {
            var mean = TensorPrimitives.Sum<double>(state) / state.Length;
            TensorPrimitives.Subtract(state, mean, state);
            var deviation = Math.Sqrt((TensorPrimitives.SumOfSquares<double>(state) / state.Length) + TextEncoder.NormEpsilon);
            for (var i = 0; i < state.Length; i++) state[i] = (state[i] / deviation * weight[i]) + bias[i];
        }

        return states;
    }

    /// <summary>2/√π · e^(−x²) · Σ 2ⁿ x^(2n+1) / (1·3·…·(2n+1)): all terms have one sign, so nothing cancels out (Abramowitz and Stegun 7.1.6).</summary>
    private static double ErrorFunction(double x)
    {
        const double one = 6; // beyond it is one to the last digit
        if (Math.Abs(x) >= one) return Math.Sign(x);
        double term = x, sum = x;
        for (var n = 1; Math.Abs(term) > Math.Abs(sum) * 1e-17; n++)
        {
            term *= 2 * x * x / ((2 * n) + 1);
            sum += term;
        }

        return 2 / Math.Sqrt(Math.PI) * Math.Exp(-x * x) * sum;
    }
}
