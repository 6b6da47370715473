using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin.Reference;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>
/// Makes the test that the package carries: what the plain forward pass says of a made-up volume, straight from the checkpoints. A fold or
/// permutation that is wrong in the graph cannot be right in it.
/// </summary>
internal static class SelfTest
{
    private const ulong Seed = 7;

    private static readonly (int X, int Y, int Z) s_size = (64, 64, ImageGraph.DepthStep);

    /// <summary>Of the largest value of each output. Half precision has 11 bits, and its errors add up over fifty blocks.</summary>
    private static readonly Dictionary<ExecutionProvider, double> s_single = new() { [ExecutionProvider.Cpu] = 2e-5, [ExecutionProvider.Cuda] = 2e-3, [ExecutionProvider.TensorRt] = 1e-2 },
        s_half = new() { [ExecutionProvider.Cpu] = 2e-2, [ExecutionProvider.Cuda] = 2e-2, [ExecutionProvider.TensorRt] = 2e-2 };

    public static GoldenRecord Make(MerlinCheckpoint standard, bool hasPhenotypes, MerlinCheckpoint? fiveYear, Precision precision, IProgress<double> progress, CancellationToken stop)
    {
        var volume = GoldenInput.Make(Seed, s_size.X, s_size.Y, s_size.Z);
        var blocks = Blocks(standard) + (fiveYear is null ? 0 : Blocks(fiveYear));
        var done = 0;
        var said = Run(standard);
        var outputs = new Dictionary<OutputKind, float[]>
        {
            [OutputKind.Embedding] = Single(said.Embedding),
            [OutputKind.Contrastive] = Single(said.Contrastive),
            [OutputKind.FeatureMap] = Single([.. from channel in Enumerable.Range(0, said.FeatureMap.Channels) from place in Enumerable.Range(0, said.FeatureMap.Places) select said.FeatureMap.At(place)[channel]]),
        };
        if (hasPhenotypes) outputs[OutputKind.Phenotypes] = Single(said.Logits);
        if (fiveYear is not null) outputs[OutputKind.Risks] = Single(Run(fiveYear).Logits);
        return new GoldenRecord { Seed = Seed, Size = [s_size.X, s_size.Y, s_size.Z], Tolerance = precision == Precision.Float16 ? s_half : s_single, Outputs = outputs };

        PlainOutput Run(MerlinCheckpoint checkpoint)
        {
            var said = new PlainForward(checkpoint).Run(volume, s_size, () => progress.Report(++done / (double)blocks), stop);
            RequireNumbers(checkpoint, "layer4", said.FeatureMap.Values);
            RequireNumbers(checkpoint, "contrastive_head", said.Contrastive);
            RequireNumbers(checkpoint, "classifier", said.Logits);
            return said;
        }
    }

    /// <summary>Every tensor may hold numbers, and what they compute be too large for one, or have no direction. Such a network scores nothing.</summary>
    /// <exception cref="CheckpointException">It is so.</exception>
    public static void RequireNumbers(MerlinCheckpoint checkpoint, string where, ReadOnlySpan<double> values)
    {
        if (values.ContainsAnyExceptInRange(-float.MaxValue, float.MaxValue))
            throw checkpoint.File.Fault([$"{where}: what it computes of a made-up input is no number; these weights score nothing."]);
    }

    private static int Blocks(MerlinCheckpoint checkpoint) => checkpoint.Image.Layers.Sum(layer => layer.Blocks);

    private static float[] Single(double[] values) => [.. values.Select(value => (float)value)];
}
