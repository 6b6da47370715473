using TriageWorker.Models.Graphs;
using static TriageWorker.Models.Graphs.GraphBuilder;

namespace TriageWorker.Models.Merlin;

/// <summary>A classifier on the trunk's features: which checkpoint it is from and what its output is called.</summary>
internal sealed record Classifier(MerlinCheckpoint From, string Output);

/// <summary>
/// Merlin's image encoder as a graph that computes the same with less: normalisation folded, one input channel (which is all that is permuted), one
/// trunk for all heads, in single precision half of the multiplications of most 3×3×3 convolutions (<see cref="DepthTiles"/>).
/// Input <c>volume</c> [batch, 1, x, y, z] in [0, 1], RAS+; all sizes are each run's to choose, z a multiple of <see cref="DepthStep"/> in single precision.
/// </summary>
internal static class ImageGraph
{
    public const string Input = "volume", Embedding = "embedding", Contrastive = "contrastive", FeatureMap = "feature_map", PhenotypeLogits = "phenotype_logits", RiskLogits = "risk_logits";

    /// <summary>Stem, pooling and layers halve the depth until it is an eighth where the last tiles are made.</summary>
    public const int DepthStep = 8 * DepthTiles.Depth;

    private const string Batch = "batch";

    /// <summary>The last layer's depth is odd for Merlin's own size, and it takes little.</summary>
    private const int LastTiledLayer = 3;

    /// <summary>Of the stem, along depth (Z), rows (X) and columns (Y).</summary>
    private static readonly long[] s_stemStride = [1, 2, 2], s_stemPadding = [1, 3, 3];

    /// <param name="trunk">Also gives the contrastive head.</param>
    /// <param name="classifiers">On features of this trunk; one from another checkpoint must have the same trunk.</param>
    /// <param name="precision">Of the trunk. Pooling and heads take little and are float32 always, as input and outputs are.</param>
    public static GraphBuilder Build(MerlinCheckpoint trunk, Precision precision, params Classifier[] classifiers)
    {
        var graph = new GraphBuilder("merlin-image");
        graph.Node("Identity", FeatureMap, [Pooled(graph, trunk, precision)]);
        var direction = Linear(graph, trunk, "contrastive_head", "contrastive.raw");
        var length = graph.Node("ReduceL2", "contrastive.length", [direction], Attribute("axes", [1L]), Attribute("keepdims", 1L));
        graph.Node("Div", Contrastive, [direction, length]);
        graph.Output(Embedding, Batch, Number(trunk.Image.Features));
        graph.Output(Contrastive, Batch, Number(trunk.Image.Contrastive));
        graph.Output(FeatureMap, Batch, Number(trunk.Image.Features), "depth", "rows", "columns");
        foreach (var classifier in classifiers) Classify(graph, classifier);
        return graph;
    }

    /// <summary>A trunk of its own for one classifier and nothing else.</summary>
    public static GraphBuilder BuildClassifier(Precision precision, Classifier classifier)
    {
        var graph = new GraphBuilder("merlin-classifier");
        Pooled(graph, classifier.From, precision);
        Classify(graph, classifier);
        return graph;
    }

    /// <summary>Input, trunk and the mean of its features, in float32.</summary>
    /// <returns>The features before the mean.</returns>
    private static string Pooled(GraphBuilder graph, MerlinCheckpoint checkpoint, Precision precision)
    {
        // Depth first, as Merlin has it: tiles are made of whole planes. It is one channel, and what comes later stays as it is.
        var field = graph.Node("Transpose", "planes", [graph.Input(Input, Batch, "1", "x", "y", "z")], Attribute("perm", 0, 1, 4, 2, 3));
        if (precision == Precision.Float16) field = graph.Cast(field, "volume.half", precision);
        field = Trunk(graph, checkpoint, precision, field);
        if (precision == Precision.Float16) field = graph.Cast(field, "features.single", Precision.Float32);
        graph.Node("Flatten", Embedding, [graph.Node("GlobalAveragePool", "pooled", [field])], Attribute("axis", 1L));
        return field;
    }

    private static void Classify(GraphBuilder graph, Classifier classifier)
    {
        Linear(graph, classifier.From, "classifier", classifier.Output);
        graph.Output(classifier.Output, Batch, Number(classifier.From.Image.Labels));
    }

    private static string Trunk(GraphBuilder graph, MerlinCheckpoint checkpoint, Precision precision, string field)
    {
        var encoder = checkpoint.Image;
        var stem = new FoldedConvolution(checkpoint, $"{encoder.Prefix}conv1", $"{encoder.Prefix}bn1");
        field = Convolve(graph, $"{encoder.Prefix}conv1", field, stem.Kernel(precision, sumInputs: true), stem.Bias(precision), s_stemStride, s_stemPadding);
        field = graph.Rectify(field);
        field = graph.Node("MaxPool", "maxpool", [field], Attribute("kernel_shape", 3, 3, 3), Attribute("strides", 2, 2, 2), Attribute("pads", 1, 1, 1, 1, 1, 1));
        var tiles = precision == Precision.Float32 ? new DepthTiles(graph) : null;
        foreach (var (number, layer) in encoder.Layers.Index())
        {
            TileShapes? shapes = null;
            for (var block = 0; block < layer.Blocks; block++)
            {
                var isTiled = number < LastTiledLayer && (block > 0 || layer.Stride == 1);
                if (isTiled) shapes ??= tiles?.ShapesOf(layer.Name, field);
                field = Bottleneck(graph, checkpoint, precision, field, layer, block, isTiled ? (tiles, shapes) : default);
            }
        }

        return field;
    }

    private static string Bottleneck(GraphBuilder graph, MerlinCheckpoint checkpoint, Precision precision, string input, TrunkLayer layer, int number, (DepthTiles? Tiles, TileShapes? Shapes) tiled)
    {
        var (block, stride) = (layer.Block(number), number == 0 ? layer.Stride : 1);
        var field = graph.Rectify(Step("conv1", "bn1", input, 1, 0));
        field = graph.Rectify(Step("conv2", "bn2", field, stride, 1));
        field = Step("conv3", "bn3", field, 1, 0);
        var shortcut = number == 0 ? Step("downsample.0", "downsample.1", input, stride, 0) : input;
        return graph.Rectify(graph.Node("Add", $"{block}sum", [field, shortcut]));

        string Step(string convolution, string norm, string from, long step, long padding)
        {
            var folded = new FoldedConvolution(checkpoint, block + convolution, block + norm);
            if (padding > 0 && tiled is ({ } tiles, { } shapes)) return tiles.Convolve(block + convolution, from, folded, shapes);
            return Convolve(graph, block + convolution, from, folded.Kernel(precision), folded.Bias(precision), [step, step, step], [padding, padding, padding]);
        }
    }

    private static string Convolve(GraphBuilder graph, string name, string input, Weight kernel, Weight bias, long[] stride, long[] padding) => graph.Node(
        "Conv",
        name,
        [input, graph.Weight(kernel), graph.Weight(bias)],
        Attribute("kernel_shape", [.. kernel.Shape[2..].Select(size => (long)size)]),
        Attribute("strides", stride),
        Attribute("pads", [.. padding, .. padding]));

    private static string Linear(GraphBuilder graph, MerlinCheckpoint from, string head, string output)
    {
        var name = from.Image.Prefix + head;
        var shape = from.File.Tensors[$"{name}.weight"].Shape;
        var weight = graph.Weight(new Weight($"{output}.weight", [shape[0], shape[1]], Precision.Float32, () => from.Read($"{name}.weight")));
        var bias = graph.Weight(new Weight($"{output}.bias", [shape[0]], Precision.Float32, () => from.Read($"{name}.bias")));
        return graph.Node("Gemm", output, [Embedding, weight, bias], Attribute("transB", 1L));
    }

    private static string Number(int size) => size.ToString(System.Globalization.CultureInfo.InvariantCulture);
}
