using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Models.Tests.Packages;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Scoring;

public sealed class ScoringModelTests : IDisposable
{
    private readonly ScoringModel _model = Open(PackageCopy.Shipped);

    [Fact]
    public void Every_label_gets_a_score_in_its_range()
    {
        var output = _model.Score(Noise(1));
        output.Findings.Select(score => score.Label).ShouldBe(_model.Package.Findings.Select(finding => finding.Label));
        output.Findings.ShouldAllBe(score => score.Score >= -2 && score.Score <= 2);
        output.Phenotypes.Count.ShouldBe(_model.Package.Phenotypes.Count);
        output.Risks.Count.ShouldBe(_model.Package.Risks.Count);
        output.Phenotypes.Concat(output.Risks).ShouldAllBe(score => score.Score > 0 && score.Score < 1);
    }

    [Fact]
    public void The_same_tensor_gives_the_same_numbers_to_the_last_bit_also_when_many_are_scored_at_once()
    {
        var alone = _model.Score(Noise(2));
        var crowd = Enumerable.Range(0, 8).AsParallel().WithDegreeOfParallelism(4).Select(_ => _model.Score(Noise(2))).ToList();
        foreach (var output in crowd)
        {
            output.Embedding.ToArray().ShouldBe(alone.Embedding.ToArray());
            output.Findings.ShouldBe(alone.Findings);
            output.Risks.ShouldBe(alone.Risks);
        }
    }

    [Fact]
    public void The_mean_of_the_feature_map_is_the_embedding_so_that_activation_maps_add_up()
    {
        var output = _model.Score(Noise(3));
        var map = output.FeatureMap.ShouldNotBeNull();
        var cells = map.Depth * map.Rows * map.Columns;
        map.Values.Length.ShouldBe(map.Channels * cells);
        var embedding = output.Embedding.ToArray();
        for (var c = 0; c < map.Channels; c++)
        {
            var mean = map.Values.Slice(c * cells, cells).ToArray().Average();
            mean.ShouldBe(embedding[c], 1e-4f);
        }
    }

    [Fact]
    public void The_two_passes_of_a_package_say_together_what_all_its_graphs_say_at_once()
    {
        using var folder = new TemporaryFolder();
        using var model = Open(TinyPackage.Write(folder.At("later"), threshold: 0, deferredRisks: true));
        var size = model.Package.Input.Size;
        var tensor = Tensor(GoldenInput.Make(7, size.X, size.Y, size.Z), size);

        var all = model.Score(tensor);
        var urgent = model.Score(GraphPass.Urgent, tensor, TestContext.Current.CancellationToken);
        var deferred = model.Score(GraphPass.Deferred, tensor, TestContext.Current.CancellationToken);

        all.Risks.Count.ShouldBe(2);
        urgent.Findings.ShouldBe(all.Findings);
        urgent.Embedding.ToArray().ShouldBe(all.Embedding.ToArray());
        urgent.Risks.ShouldBeEmpty();
        deferred.Risks.ShouldBe(all.Risks);
        deferred.Findings.ShouldBeEmpty();
        deferred.Embedding.ToArray().ShouldBeEmpty();
    }

    [Fact]
    public void A_finding_score_is_the_mean_cosine_to_its_positive_vectors_less_that_to_its_negative_ones()
    {
        var output = _model.Score(Noise(4));
        var bank = NpyMatrix.Parse(File.ReadAllBytes(Path.Combine(PackageCopy.Shipped, "findings.npy")));
        var perSide = bank.Rows / _model.Package.Findings.Count / 2;
        for (var f = 0; f < output.Findings.Count; f++)
        {
            var expected = MeanCosine(f * 2 * perSide) - MeanCosine(((f * 2) + 1) * perSide);
            output.Findings[f].Score.ShouldBe(expected, 1e-5);
        }

        double MeanCosine(int first) => Enumerable.Range(first, perSide).Average(row => Dot(bank.Row(row), output.Contrastive.Span));
    }

    [Fact]
    public void A_tensor_of_another_size_is_refused() =>
        Should.Throw<ArgumentException>(() => _model.Score(Tensor(new float[8], new GridSize(2, 2, 2))));

    [Fact]
    public void What_comes_out_as_no_number_is_no_score()
    {
        var tensor = Noise(5);
        Array.Fill(tensor.Values, float.NaN);
        Should.Throw<ScoringException>(() => _model.Score(tensor)).WorthRetrying.ShouldBeFalse();
        _model.Score(Noise(5)).Findings.ShouldNotBeEmpty(); // the model goes on
    }

    [Fact]
    public async Task A_score_that_nobody_waits_for_any_more_is_not_begun()
    {
        using var stop = new CancellationTokenSource();
        await stop.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => _model.ScoreAsync(GraphPass.All, Noise(6), TimeProvider.System, stop.Token));
    }

    [Fact]
    public void A_provider_that_is_demanded_and_not_there_is_refused_and_never_replaced() =>
        Should.Throw<ScoringException>(() => ScoringModel.Open(
            ModelPackage.Load(PackageCopy.Shipped), new ScoringOptions { Provider = ExecutionProvider.TensorRt, Device = 99 }, NullLogger<ScoringModel>.Instance))
            .WorthRetrying.ShouldBeFalse();

    [Fact]
    public void A_manifest_that_names_outputs_and_inputs_the_graph_does_not_have_is_refused_with_their_keys()
    {
        using var copy = new PackageCopy().Edit(manifest =>
        {
            manifest["graphs"]![0]!["input"] = "image";
            manifest["graphs"]![0]!["outputs"]![4]!["name"] = "layer9";
        });
        var faults = Should.Throw<ModelPackageException>(() => Open(copy.Folder)).Faults;
        faults.Count.ShouldBe(2);
        faults[0].ShouldStartWith("graphs[0].input: the graph has no input image");
        faults[1].ShouldStartWith("graphs[0].outputs[4].name: the graph has no output layer9");
    }

    [Fact]
    public void A_manifest_whose_size_the_graph_does_not_take_is_refused()
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["input"]!["size"]![0] = 71);
        Should.Throw<ModelPackageException>(() => Open(copy.Folder)).Faults.Single().ShouldStartWith("graphs[0].input: volume is Float");
    }

    [Fact]
    public async Task A_package_with_a_latency_scores_like_any_other_but_not_before_that_time()
    {
        using var folder = new TemporaryFolder();
        using var model = Open(TinyPackage.Write(folder.At("latency"), threshold: null, id: "latency", latency: TimeSpan.FromMilliseconds(500)));
        var (clock, tensor) = (new DrivenTime(), Tensor(new float[32 * 32 * 24], new GridSize(32, 32, 24)));

        var scoring = model.ScoreAsync(GraphPass.All, tensor, clock, TestContext.Current.CancellationToken);

        await clock.NextTimerAsync(TimeSpan.FromMilliseconds(500));
        clock.Advance(TimeSpan.FromMilliseconds(499));
        model.Score(tensor).Findings.Count.ShouldBe(1); // meanwhile the processor is free
        scoring.IsCompleted.ShouldBeFalse();
        clock.Advance(TimeSpan.FromMilliseconds(1));
        (await scoring).Findings.ShouldBe(model.Score(tensor).Findings);
    }

    [Fact]
    public void A_graph_that_is_garbage_with_the_right_digest_is_refused()
    {
        using var copy = new PackageCopy();
        File.WriteAllBytes(copy.PathOf("phantom.onnx"), [1, 2, 3]);
        copy.Edit(manifest => manifest["graphs"]![0]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData([1, 2, 3])));
        Should.Throw<ModelPackageException>(() => Open(copy.Folder)).Faults.Single().ShouldStartWith("graphs: ");
    }

    [Fact]
    public void A_phenotype_output_of_another_length_than_its_labels_is_never_scored()
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["phenotypes"]!["labels"]!.AsArray().RemoveAt(0));
        using var model = Open(copy.Folder);
        Should.Throw<ScoringException>(() => model.Score(Noise(7))).Message.ShouldContain("4 numbers for 3 labels");
    }

    public void Dispose() => _model.Dispose();

    private static ScoringModel Open(string folder) =>
        ScoringModel.Open(ModelPackage.Load(folder), new ScoringOptions(), NullLogger<ScoringModel>.Instance);

    private ImageTensor Noise(ulong seed)
    {
        var size = _model.Package.Input.Size;
        return Tensor(GoldenInput.Make(seed, size.X, size.Y, size.Z), size);
    }

    private static ImageTensor Tensor(float[] values, GridSize size) => new(values, size, Affine.Identity, new FieldOfView(default, default, default));

    private static double Dot(ReadOnlySpan<float> a, ReadOnlySpan<float> b)
    {
        var sum = 0d;
        for (var i = 0; i < a.Length; i++) sum += (double)a[i] * b[i];
        return sum;
    }
}
