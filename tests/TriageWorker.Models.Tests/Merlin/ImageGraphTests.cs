using Onnx;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Reference;
using TriageWorker.Models.Tests.Checkpoints;
using TriageWorker.Testing;
using static TriageWorker.Models.Tests.Merlin.Deviations;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class ImageGraphTests(NumpyReference numpy) : IClassFixture<NumpyReference>
{
    private const double Single = 1e-4;

    /// <summary>Of the largest value of an output: half precision has 11 bits, and errors of some twenty steps add up.</summary>
    private const double Half = 1e-2;

    private static readonly (int X, int Y, int Z) s_size = (40, 33, ImageGraph.DepthStep);

    [Theory]
    [InlineData(nameof(Precision.Float32), Single)]
    [InlineData(nameof(Precision.Float16), Half)]
    public void The_graph_says_of_the_default_checkpoint_what_the_original_says(string precision, double tolerance)
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var file = Checkpoint.Open(TinyMerlin.Path("default.pt"));
        using var graph = new GraphRun(Default(MerlinCheckpoint.Default(file), Enum.Parse<Precision>(precision)));
        var outputs = graph.Run(TinyMerlin.Array("input"), TinyMerlin.Size);
        Close(ImageGraph.FeatureMap, "layer4");
        Close(ImageGraph.Embedding, "embedding");
        Close(ImageGraph.Contrastive, "contrastive");
        Close(ImageGraph.PhenotypeLogits, "phenotype_logits");

        void Close(string output, string array)
        {
            var expected = TinyMerlin.Array(array);
            var allowed = precision == nameof(Precision.Float16) ? tolerance * Math.Max(1, expected.Max(Math.Abs)) : tolerance;
            Largest(outputs[output], expected).ShouldBeLessThan(allowed, output);
        }
    }

    [Fact]
    public void The_graph_says_of_the_five_year_checkpoint_what_the_original_says()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var file = Checkpoint.Open(TinyMerlin.Path("five_year.pt"));
        var checkpoint = MerlinCheckpoint.FiveYear(file);
        using var graph = new GraphRun(ImageGraph.Build(checkpoint, Precision.Float32, new Classifier(checkpoint, ImageGraph.RiskLogits)));
        var risks = graph.Run(TinyMerlin.Array("input"), TinyMerlin.Size)[ImageGraph.RiskLogits].Select(logit => 1 / (1 + Math.Exp(-logit)));
        Largest(risks, TinyMerlin.Array("five_year_probs")).ShouldBeLessThan(Single);
    }

    [Fact]
    public void The_graph_says_what_NumPy_makes_of_the_same_checkpoint()
    {
        Assert.SkipUnless(numpy.IsPresent, NumpyReference.Reason);
        using var file = Checkpoint.Open(numpy.Checkpoint);
        var checkpoint = MerlinCheckpoint.FiveYear(file);
        using var graph = new GraphRun(ImageGraph.Build(checkpoint, Precision.Float32, new Classifier(checkpoint, ImageGraph.RiskLogits)));
        var outputs = graph.Run(numpy.Volume, NumpyReference.Size);
        Largest(outputs[ImageGraph.FeatureMap], numpy.FeatureMap).ShouldBeLessThan(Single);
        Largest(outputs[ImageGraph.Embedding], numpy.Embedding).ShouldBeLessThan(Single);
        Largest(outputs[ImageGraph.Contrastive], numpy.Contrastive).ShouldBeLessThan(Single);
        Largest(outputs[ImageGraph.RiskLogits], numpy.Logits).ShouldBeLessThan(Single);
    }

    [Theory]
    [InlineData(nameof(Precision.Float32), Single)]
    [InlineData(nameof(Precision.Float16), Half)]
    public void Folded_and_turned_the_network_says_what_it_says_unfolded(string precision, double tolerance)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            _ = Opened.With(SmallMerlin.Default(seed).ToBytes(), file =>
            {
                var checkpoint = MerlinCheckpoint.Default(file);
                using var graph = new GraphRun(Default(checkpoint, Enum.Parse<Precision>(precision)));
                var volume = Noise(seed, 1);
                var (outputs, expected) = (graph.Run(volume, s_size), new PlainForward(checkpoint).Run(volume, s_size));
                Close(outputs[ImageGraph.FeatureMap], ByChannel(expected.FeatureMap));
                Close(outputs[ImageGraph.Embedding], expected.Embedding);
                Close(outputs[ImageGraph.Contrastive], expected.Contrastive);
                Close(outputs[ImageGraph.PhenotypeLogits], expected.Logits);
                return 0;
            });
        }

        void Close(float[] actual, double[] expected) => (Largest(actual, expected) / Math.Max(1, expected.Max(Math.Abs))).ShouldBeLessThan(tolerance);
    }

    [Theory, InlineData(nameof(Precision.Float32)), InlineData(nameof(Precision.Float16))]
    public void Volumes_in_one_batch_are_scored_as_each_alone(string precision)
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            using var graph = new GraphRun(Default(MerlinCheckpoint.Default(file), Enum.Parse<Precision>(precision)));
            var (one, two) = (Noise(1, 1), Noise(2, 1));
            var together = graph.Run([.. one, .. two], s_size);
            foreach (var (name, alone) in graph.Run(two, s_size))
                Largest(together[name][alone.Length..], alone).ShouldBeLessThan(1e-5, name);
            return 0;
        });
    }

    [Fact]
    public void The_contrastive_vector_has_length_one_and_the_embedding_is_the_mean_of_the_map()
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            using var graph = new GraphRun(Default(MerlinCheckpoint.Default(file)));
            var outputs = graph.Run(Noise(1, 1), s_size);
            Math.Sqrt(outputs[ImageGraph.Contrastive].Sum(value => (double)value * value)).ShouldBe(1, 1e-6);
            var embedding = outputs[ImageGraph.Embedding];
            var means = outputs[ImageGraph.FeatureMap].Chunk(outputs[ImageGraph.FeatureMap].Length / embedding.Length).Select(cells => (double)cells.Average());
            Largest(embedding, means).ShouldBeLessThan(1e-5);
            return 0;
        });
    }

    [Fact]
    public void One_trunk_serves_the_classifiers_of_two_checkpoints()
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), first => Opened.With(SmallMerlin.FiveYear().ToBytes(), second =>
        {
            var (standard, risk) = (MerlinCheckpoint.Default(first), MerlinCheckpoint.FiveYear(second));
            risk.HasTrunkOf(standard).ShouldBeTrue();
            using var graph = new GraphRun(ImageGraph.Build(standard, Precision.Float32, new Classifier(standard, ImageGraph.PhenotypeLogits), new Classifier(risk, ImageGraph.RiskLogits)));
            var outputs = graph.Run(Noise(3, 1), s_size);
            Largest(outputs[ImageGraph.RiskLogits], new PlainForward(risk).Run(Noise(3, 1), s_size).Logits).ShouldBeLessThan(Single);
            return 0;
        }));
    }

    [Fact]
    public void Nothing_is_normalised_at_run_time_and_the_one_channel_that_the_stem_reads_is_all_that_is_permuted()
    {
        _ = Opened.With(SmallMerlin.Default().ToBytes(), file =>
        {
            using var graph = new GraphRun(Default(MerlinCheckpoint.Default(file)));
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(graph.Files.Single())).Graph;
            model.Node.Select(node => node.OpType).Distinct().Order(StringComparer.Ordinal).ShouldBe(["Add", "Concat", "Conv", "Div", "Flatten", "Gemm", "GlobalAveragePool", "Identity", "MatMul", "MaxPool", "Pad", "ReduceL2", "ReduceProd", "Relu", "Reshape", "Shape", "Slice", "Split", "Transpose"]);
            model.Node.Where(node => node.OpType == "Transpose").ShouldHaveSingleItem().Input.ShouldBe([ImageGraph.Input]);
            model.Initializer.Single(weight => weight.Name.EndsWith("i3_resnet.conv1.weight", StringComparison.Ordinal)).Dims.ShouldBe([4, 1, 3, 7, 7]);
            return 0;
        });
    }

    private static GraphBuilder Default(MerlinCheckpoint checkpoint, Precision precision = Precision.Float32) =>
        ImageGraph.Build(checkpoint, precision, new Classifier(checkpoint, ImageGraph.PhenotypeLogits));

    private static float[] Noise(int seed, int batch)
    {
        var random = new Random(seed);
        return [.. Enumerable.Range(0, batch * s_size.X * s_size.Y * s_size.Z).Select(_ => random.NextSingle())];
    }
}
