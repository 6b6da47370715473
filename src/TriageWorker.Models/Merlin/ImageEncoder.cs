namespace TriageWorker.Models.Merlin;

/// <summary>One of the trunk's four rows of bottlenecks.</summary>
/// <param name="Name"><c>layer1</c> to <c>layer4</c>, with what stands before it.</param>
/// <param name="Stride">Of the first block, in all three directions.</param>
internal sealed record TrunkLayer(string Name, int Blocks, int Input, int Width, int Output, int Stride)
{
    public string Block(int number) => $"{Name}.{number}.";
}

/// <summary>
/// Merlin's image encoder as a checkpoint has it: a 3-D ResNet of bottlenecks whose pooled features go into two linear heads. Depth and
/// widths are what the file's names and shapes say.
/// </summary>
/// <param name="Prefix">What stands before each name.</param>
/// <param name="Labels">How many the classifier has.</param>
internal sealed record ImageEncoder(string Prefix, int Stem, IReadOnlyList<TrunkLayer> Layers, int Labels, int Contrastive)
{
    public const int InputChannels = 3, Layer = 4;

    /// <summary>PyTorch's default, which Merlin keeps.</summary>
    public const double NormEpsilon = 1e-5;

    public int Features => Layers[^1].Output;

    /// <summary>Lists in <paramref name="table"/> all that must be there. The result holds once the table has no faults.</summary>
    public static ImageEncoder Describe(string prefix, TensorTable table)
    {
        var stem = table.Size($"{prefix}conv1.weight", 5, 0);
        table.Expect($"{prefix}conv1.weight", stem, InputChannels, 3, 7, 7);
        ExpectNorm(table, $"{prefix}bn1", stem);
        var layers = new List<TrunkLayer>();
        var input = stem;
        for (var number = 1; number <= Layer; number++)
        {
            var layer = $"{prefix}layer{number}";
            var blocks = table.CountInRow($"{layer}.");
            var width = table.Size($"{layer}.0.conv2.weight", 5, 0);
            var output = table.Size($"{layer}.0.conv3.weight", 5, 0);
            layers.Add(new TrunkLayer(layer, blocks, input ?? 0, width ?? 0, output ?? 0, number == 1 ? 1 : 2));
            for (var block = 0; block < blocks; block++) ExpectBlock(table, $"{layer}.{block}.", block == 0 ? input : output, width, output, block == 0);
            input = output;
        }

        var labels = table.Size($"{prefix}classifier.weight", 5, 0);
        var contrastive = table.Size($"{prefix}contrastive_head.weight", 5, 0);
        table.ExpectWithBias($"{prefix}classifier", labels, input, 1, 1, 1);
        table.ExpectWithBias($"{prefix}contrastive_head", contrastive, input, 1, 1, 1);
        return new ImageEncoder(prefix, stem ?? 0, layers, labels ?? 0, contrastive ?? 0);
    }

    /// <summary>The names of all that the trunk computes with, heads and counters aside.</summary>
    public IEnumerable<string> TrunkTensors(IEnumerable<string> all) => all.Where(name =>
        name.StartsWith(Prefix, StringComparison.Ordinal)
        && !name.EndsWith(".num_batches_tracked", StringComparison.Ordinal)
        && (name.StartsWith($"{Prefix}layer", StringComparison.Ordinal) || name.StartsWith($"{Prefix}conv1.", StringComparison.Ordinal) || name.StartsWith($"{Prefix}bn1.", StringComparison.Ordinal)));

    private static void ExpectBlock(TensorTable table, string block, int? input, int? width, int? output, bool isFirst)
    {
        table.Expect($"{block}conv1.weight", width, input, 1, 1, 1);
        ExpectNorm(table, $"{block}bn1", width);
        table.Expect($"{block}conv2.weight", width, width, 3, 3, 3);
        ExpectNorm(table, $"{block}bn2", width);
        table.Expect($"{block}conv3.weight", output, width, 1, 1, 1);
        ExpectNorm(table, $"{block}bn3", output);
        if (!isFirst) return;
        table.Expect($"{block}downsample.0.weight", output, input, 1, 1, 1);
        ExpectNorm(table, $"{block}downsample.1", output);
    }

    private static void ExpectNorm(TensorTable table, string name, int? size)
    {
        foreach (var part in (string[])["weight", "bias", "running_mean", "running_var"]) table.Expect($"{name}.{part}", size);
        table.ExpectCounter($"{name}.num_batches_tracked");
    }
}
