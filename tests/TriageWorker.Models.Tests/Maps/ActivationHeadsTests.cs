using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Maps;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Models.Tests.Checkpoints;
using TriageWorker.Models.Tests.Merlin;
using TriageWorker.Models.Tests.Packages;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Maps;

public sealed class ActivationHeadsTests
{
    private static readonly (int X, int Y, int Z) s_small = (40, 33, ImageGraph.DepthStep);

    [Fact]
    public void Of_the_shipped_package_the_mean_of_each_map_and_its_offset_are_the_score()
    {
        using var model = Shipped();
        var heads = model.Heads.ShouldNotBeNull();
        for (var seed = 1; seed <= 3; seed++)
        {
            var output = model.Score(Noise(model, seed));
            var maps = heads.Findings(output);
            maps.Select(map => map.Label).ShouldBe(output.Findings.Select(finding => finding.Label));
            foreach (var (map, finding) in maps.Zip(output.Findings)) map.Score.ShouldBe(finding.Score, 1e-5, map.Label.Key);
            for (var row = 0; row < output.Phenotypes.Count; row++)
                ZeroShot.Sigmoid(heads.Phenotype(output, row)!.Score).ShouldBe(output.Phenotypes[row].Score, 1e-5);
            for (var row = 0; row < output.Risks.Count; row++)
                ZeroShot.Sigmoid(heads.Risk(output, row)!.Score).ShouldBe(output.Risks[row].Score, 1e-5);
        }
    }

    [Fact]
    public void The_same_output_gives_the_same_maps_to_the_last_bit()
    {
        using var model = Shipped();
        var (one, two) = (model.Score(Noise(model, 4)), model.Score(Noise(model, 4)));
        foreach (var (first, second) in model.Heads!.Findings(one).Zip(model.Heads.Findings(two))) first.Values.ToArray().ShouldBe(second.Values.ToArray());
    }

    [Fact]
    public void A_feature_map_that_is_only_a_part_of_what_is_pooled_makes_no_map()
    {
        using var model = Shipped();
        var output = model.Score(Noise(model, 5));
        var whole = output.FeatureMap!;
        var part = whole with { Channels = 256, Values = whole.Values[..(256 * whole.Depth * whole.Rows * whole.Columns)] };
        model.Heads!.Findings(output with { FeatureMap = part }).ShouldBeEmpty();
        model.Heads.Phenotype(output with { FeatureMap = part }, 0).ShouldBeNull();
        model.Heads.Findings(output with { FeatureMap = null }).ShouldBeEmpty();
    }

    [Fact]
    public void Maps_that_do_not_add_up_to_the_scores_are_not_told()
    {
        using var model = Shipped();
        var output = model.Score(Noise(model, 6));
        var doubled = output.FeatureMap! with { Values = output.FeatureMap!.Values.ToArray().Select(value => value * 2).ToArray() };
        model.Heads!.Findings(output with { FeatureMap = doubled }).ShouldBeEmpty();
    }

    [Theory]
    [InlineData(nameof(Precision.Float32), GraphFile.LargestWithin, 1e-5)]
    [InlineData(nameof(Precision.Float16), GraphFile.LargestWithin, 1e-5)]
    [InlineData(nameof(Precision.Float32), 0, 1e-5)] // weights in a file of their own
    public void Of_Merlins_graph_the_mean_of_each_map_and_its_offset_are_what_the_graph_says(string precision, long largestWithin, double tolerance)
    {
        for (var seed = 1; seed <= 3; seed++)
        {
            _ = Opened.With(SmallMerlin.Default(seed).ToBytes(), file =>
            {
                var checkpoint = MerlinCheckpoint.Default(file);
                using var graph = new GraphRun(ImageGraph.Build(checkpoint, Enum.Parse<Precision>(precision), new Classifier(checkpoint, ImageGraph.PhenotypeLogits)), largestWithin);
                var random = new Random(seed);
                var said = graph.Run([.. Enumerable.Range(0, s_small.X * s_small.Y * s_small.Z).Select(_ => random.NextSingle())], s_small);
                Adds(graph.Files[0], checkpoint, said, Cells(s_small), tolerance);
                return 0;
            });
        }
    }

    [Fact]
    public void Of_the_default_checkpoint_the_originals_own_map_gives_the_originals_scores()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        using var file = Checkpoint.Open(TinyMerlin.Path("default.pt"));
        var checkpoint = MerlinCheckpoint.Default(file);
        using var graph = new GraphRun(ImageGraph.Build(checkpoint, Precision.Float32, new Classifier(checkpoint, ImageGraph.PhenotypeLogits)));
        Adds(graph.Files[0], checkpoint, new()
        {
            [ImageGraph.FeatureMap] = TinyMerlin.Array("layer4"),
            [ImageGraph.Embedding] = TinyMerlin.Array("embedding"),
            [ImageGraph.Contrastive] = TinyMerlin.Array("contrastive"),
            [ImageGraph.PhenotypeLogits] = TinyMerlin.Array("phenotype_logits"),
        }, Cells(TinyMerlin.Size), 5e-5);
    }

    [Fact]
    public void A_graph_that_is_cut_anywhere_is_told_as_that_and_never_read_beyond_its_end()
    {
        using var folder = new TemporaryFolder();
        var whole = File.ReadAllBytes(Path.Combine(PackageCopy.Shipped, "phantom.onnx"));
        for (var cut = 1; cut < whole.Length; cut += 4999)
        {
            File.WriteAllBytes(folder.At("cut.onnx"), whole[..cut]);
            Should.Throw<InvalidDataException>(() => GraphHeads.Open(folder.At("cut.onnx")));
        }
    }

    [Fact]
    public void A_head_that_is_no_plain_layer_on_the_embedding_is_none()
    {
        var heads = GraphHeads.Open(Path.Combine(PackageCopy.Shipped, "phantom.onnx"));
        heads.Behind("risk_logits", "embedding").ShouldNotBeNull().Outputs.ShouldBe(6);
        heads.Behind("risk_logits", "feature_map").ShouldBeNull();
        heads.Behind("feature_map", "embedding").ShouldBeNull();
        heads.Behind("nothing", "embedding").ShouldBeNull();
    }

    [Fact]
    public void A_manifest_that_names_another_order_of_axes_is_refused()
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["graphs"]![0]!["outputs"]![4]!["axes"] = "xyz");
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(copy.Folder)).Faults.ShouldBe(["graphs[0].outputs[4].axes: is 'xyz'; this version reads 'zxy' only."]);
    }

    /// <summary>Maps of made-up findings and of all phenotypes, from a graph and what it (or the original) says of a volume.</summary>
    private static void Adds(string graph, MerlinCheckpoint checkpoint, Dictionary<string, float[]> said, GridSize cells, double tolerance)
    {
        var random = new Random(7);
        FindingLabel[] findings = [.. Enumerable.Range(0, 4).Select(n => new FindingLabel(Label($"F{n}"), Enumerable.Range(0, checkpoint.Image.Contrastive).Select(_ => (random.NextSingle() - 0.5f) / 4).ToArray()))];
        ScoreLabel[] phenotypes = [.. Enumerable.Range(0, checkpoint.Image.Labels).Select(n => Label($"P{n}"))];
        var package = ModelPackage.Load(PackageCopy.Shipped) with
        {
            Graphs = [new PackageGraph(graph, "", ImageGraph.Input, [
                new(ImageGraph.Embedding, OutputKind.Embedding, Activation.None), new(ImageGraph.Contrastive, OutputKind.Contrastive, Activation.None),
                new(ImageGraph.FeatureMap, OutputKind.FeatureMap, Activation.None), new(ImageGraph.PhenotypeLogits, OutputKind.Phenotypes, Activation.Sigmoid)])],
            Findings = findings,
            Phenotypes = phenotypes,
            Risks = [],
        };
        var unit = said[ImageGraph.Contrastive];
        var output = new ModelOutput([.. findings.Select(finding => ZeroShot.Score(finding, unit))], [], [], said[ImageGraph.Embedding], unit,
            new FeatureMap(checkpoint.Image.Features, cells.Z, cells.X, cells.Y, said[ImageGraph.FeatureMap]));
        var heads = ActivationHeads.Of(package).ShouldNotBeNull();
        var maps = heads.Findings(output);
        maps.Count.ShouldBe(4);
        foreach (var (map, finding) in maps.Zip(output.Findings)) map.Score.ShouldBe(finding.Score, tolerance);
        for (var row = 0; row < phenotypes.Length; row++) heads.Phenotype(output, row)!.Score.ShouldBe(said[ImageGraph.PhenotypeLogits][row], tolerance * Math.Max(1, Math.Abs(said[ImageGraph.PhenotypeLogits][row])));
    }

    private static ScoreLabel Label(string key) => new(key, key, new LabelCode(key, "99TRIAGE", key));

    /// <summary>Five strides of two, of which the depth has four; each rounds up.</summary>
    private static GridSize Cells((int X, int Y, int Z) size) => new((size.X + 31) / 32, (size.Y + 31) / 32, (size.Z + 15) / 16);

    private static ScoringModel Shipped() =>
        ScoringModel.Open(ModelPackage.Load(PackageCopy.Shipped), new ScoringOptions { Threads = 1 }, NullLogger<ScoringModel>.Instance);

    private static ImageTensor Noise(ScoringModel model, int seed)
    {
        var random = new Random(seed);
        var size = model.Package.Input.Size;
        return new ImageTensor([.. Enumerable.Range(0, (int)size.Voxels).Select(_ => random.NextSingle())], size, Affine.Identity, new FieldOfView(default, default, default));
    }
}
