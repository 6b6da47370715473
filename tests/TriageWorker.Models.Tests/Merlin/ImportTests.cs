using System.Numerics.Tensors;
using System.Runtime.InteropServices;
using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Microsoft.Extensions.Logging.Abstractions;
using Onnx;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class ImportTests : IDisposable
{
    private const string SixPhenotypes = "phecode,phecode_str\n8,Intestinal infection\n8.5,Bacterial enteritis\n442.11,\"Abdominal aortic aneurysm, ruptured or not\"\n540,Appendicitis\n577.1,Acute pancreatitis\n594.1,\"The \"\"stone\"\"\"\n";

    private readonly TemporaryFolder _folder = new();
    private readonly Steps _steps = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_package_is_made_that_passes_its_own_test_with_room_to_spare()
    {
        var package = Import(Sources() with { FiveYear = Put("risk.pt", SmallMerlin.FiveYear(seed: 2)) });
        package.Graphs.Select(graph => (Path.GetFileName(graph.File), graph.IsDeferred)).ShouldBe([("image.onnx", false), ("five_year.onnx", true)]);
        package.Phenotypes.Select(label => label.Key).ShouldBe(["PHE_8", "PHE_8_5", "PHE_442_11", "PHE_540", "PHE_577_1", "PHE_594_1"]);
        package.Phenotypes[2].Label.ShouldBe("Abdominal aortic aneurysm, ruptured or not");
        package.Phenotypes[5].Label.ShouldBe("The \"stone\"");
        package.Demonstration.ShouldBeFalse();
        using var model = Open(package);
        var checks = model.CheckGolden();
        checks.Select(check => check.Output).ShouldBe([OutputKind.Embedding, OutputKind.Contrastive, OutputKind.FeatureMap, OutputKind.Phenotypes, OutputKind.Risks], ignoreOrder: true);
        checks.ShouldAllBe(check => check.Deviation < check.Tolerance / 10);
    }

    [Fact]
    public void The_steps_are_told_in_their_order_each_up_to_its_end()
    {
        Import(Sources());
        _steps.Told.Select(step => step.Step).Distinct().ShouldBe(
            ["reading default.pt", "writing image.onnx", "computing the self-test in double precision", "running the package's own test"]);
        foreach (var step in _steps.Told.GroupBy(step => step.Step)) step.Last().Share.ShouldBe(1, step.Key);
    }

    [Fact]
    public void A_five_year_checkpoint_with_the_same_trunk_needs_no_graph_of_its_own()
    {
        var package = Import(Sources() with { FiveYear = Put("risk.pt", SmallMerlin.FiveYear()) });
        package.Graphs.ShouldHaveSingleItem().Outputs.Select(output => output.Kind).ShouldContain(OutputKind.Risks);
        package.HasDeferred.ShouldBeFalse();
        using var model = Open(package);
        model.CheckGolden().ShouldAllBe(check => check.Passed);
    }

    [Fact]
    public void The_sixth_risk_is_held_back_until_somebody_confirms_what_it_is()
    {
        var sources = Sources() with { FiveYear = Put("risk.pt", SmallMerlin.FiveYear()) };
        var held = Import(sources, "held").Risks;
        held.Count(label => label.Held is null).ShouldBe(5);
        held[5].Held.ShouldNotBeNull().ShouldContain("chronic liver disease");
        Import(sources with { SixthRisk = SixthRisk.Osteoporosis }, "bone").Risks[5].ShouldBe(new ScoreLabel("R5_OST", "Osteoporosis", new LabelCode("64859006", "SCT", "Osteoporosis")));
        Import(sources with { SixthRisk = SixthRisk.ChronicLiverDisease }, "liver").Risks[5].Key.ShouldBe("R5_CLD");
    }

    [Fact]
    public void Half_precision_passes_its_own_test_too()
    {
        var package = Import(Sources() with { Precision = Precision.Float16 });
        package.Version.ShouldEndWith("-fp16");
        new FileInfo(package.Graphs[0].File).Length.ShouldBeLessThan(60_000);
        using var model = Open(package);
        model.CheckGolden().ShouldAllBe(check => check.Deviation < check.Tolerance / 2);
    }

    [Fact]
    public void A_size_that_the_graph_cannot_take_is_found_before_a_study_is()
    {
        var package = Import(Sources());
        using (var model = Open(package)) model.WarmUp();
        Edit(package, manifest => manifest["input"]!["size"]![2] = 40);

        using var other = Open(ModelPackage.Load(package.Directory));
        Should.Throw<ModelPackageException>(other.WarmUp).Faults.ShouldHaveSingleItem().ShouldStartWith("input.size: a volume of ");
    }

    [Fact]
    public void The_same_files_make_the_same_package_to_the_last_byte() =>
        Import(Sources(), "one").Digest.ShouldBe(Import(Sources(), "two").Digest);

    [Fact]
    public void Without_a_list_of_phenotypes_none_are_scored()
    {
        var package = Import(Sources() with { Phenotypes = null });
        package.Phenotypes.ShouldBeEmpty();
        package.Graphs.Single().Outputs.Select(output => output.Kind).ShouldBe([OutputKind.Embedding, OutputKind.Contrastive, OutputKind.FeatureMap]);
    }

    [Fact]
    public void The_published_layouts_and_labels_are_imported()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var package = Import(Sources() with { Checkpoint = TinyMerlin.Path("default.pt"), FiveYear = TinyMerlin.Path("five_year.pt"), Phenotypes = Shared.At("merlin", "phenotypes.csv") });
        package.Phenotypes.Count.ShouldBe(1692);
        package.Phenotypes[0].ShouldBe(new ScoreLabel("PHE_8", "Intestinal infection", new LabelCode("8", "99PHECODE", "Intestinal infection")));
        package.Phenotypes[779].Code.Value.ShouldBe("442.11");
        package.Phenotypes.ShouldAllBe(label => label.Code.Meaning.Length <= 64);
        package.Input.Size.ShouldBe(new Imaging.Geometry.GridSize(224, 224, 160));
    }

    /// <summary>Each would score something, and nobody would notice by its looks.</summary>
    [Theory]
    [InlineData("a kernel turned about its axes"), InlineData("one weight's sign"), InlineData("two planes of tiles exchanged"), InlineData("a volume that is not permuted")]
    [InlineData("a shortcut's normalisation left out"), InlineData("another checkpoint's graph"), InlineData("a map whose axes are exchanged")]
    public void A_graph_that_computes_something_else_does_not_load(string what)
    {
        var package = Import(Sources());
        var file = package.Graphs[0].File;
        var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(file));
        switch (what)
        {
            case "a kernel turned about its axes": Turn(model.Graph.Initializer.Single(weight => weight.Name.EndsWith("layer3.0.conv2.weight", StringComparison.Ordinal))); break;
            case "a shortcut's normalisation left out": Clear(model.Graph.Initializer.Single(weight => weight.Name.EndsWith("layer4.0.downsample.0.bias", StringComparison.Ordinal))); break;
            case "another checkpoint's graph": model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(Import(Sources() with { Checkpoint = Put("other.pt", SmallMerlin.Default(seed: 3)) }, "other").Graphs[0].File)); break;
            case "one weight's sign": Flip(model.Graph.Initializer.Single(weight => weight.Name.EndsWith("layer1.0.conv1.weight", StringComparison.Ordinal))); break;
            case "two planes of tiles exchanged": Exchange(model.Graph.Node.Single(node => node.Name.EndsWith("layer1.0.conv2.six.out", StringComparison.Ordinal)).Input); break;
            case "a volume that is not permuted": Permute(model.Graph, 2, 3, 4); break;
            default: Permute(model.Graph, 4, 3, 2); break;
        }

        File.WriteAllBytes(file, model.ToByteArray());
        Edit(package, manifest => manifest["graphs"]![0]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file))));
        Should.Throw<ModelPackageException>(() => Open(ModelPackage.Load(package.Directory))).Faults.ShouldAllBe(fault => fault.StartsWith("golden test: ", StringComparison.Ordinal));
    }

    [Fact]
    public void Weights_beside_a_graph_are_part_of_the_package_and_one_changed_byte_is_found()
    {
        var package = Import(Sources());
        File.WriteAllBytes(Path.Combine(package.Directory, "image.onnx.data"), [1, 2, 3]);
        Edit(package, manifest => manifest["graphs"]![0]!["data"] = new JsonArray(new JsonObject { ["file"] = "image.onnx.data", ["sha256"] = Convert.ToHexStringLower(SHA256.HashData([1, 2, 3])) }));
        ModelPackage.Load(package.Directory).Digest.ShouldNotBe(package.Digest);
        File.WriteAllBytes(Path.Combine(package.Directory, "image.onnx.data"), [1, 2, 4]);
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(package.Directory)).Faults.Single().ShouldStartWith("graphs[0].data[0].file: image.onnx.data has SHA-256");
    }

    [Fact]
    public void Weights_beside_a_graph_that_the_manifest_does_not_list_are_refused()
    {
        var package = Import(Sources());
        var file = package.Graphs[0].File;
        using (var checkpoint = Checkpoint.Open(_folder.At("default.pt")))
            GraphFile.Write(file, ImageGraph.Build(MerlinCheckpoint.Default(checkpoint), Precision.Float32, new Classifier(MerlinCheckpoint.Default(checkpoint), ImageGraph.PhenotypeLogits)), largestWithin: 0);
        Edit(package, manifest => manifest["graphs"]![0]!["sha256"] = Sha256(file));
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(package.Directory)).Faults.ShouldBe(["graphs[0].data: image.onnx keeps weights in image.onnx.data, which is not listed, so nobody would see it change."]);
        Edit(package, manifest => manifest["graphs"]![0]!["data"] = new JsonArray(new JsonObject { ["file"] = "image.onnx.data", ["sha256"] = Sha256($"{file}.data") }));
        using (var model = Open(ModelPackage.Load(package.Directory))) model.CheckGolden().ShouldAllBe(check => check.Passed);
        Directory.CreateDirectory(Path.Combine(package.Directory, "graphs"));
        foreach (var name in (string[])["image.onnx", "image.onnx.data"]) File.Move(Path.Combine(package.Directory, name), Path.Combine(package.Directory, "graphs", name));
        Edit(package, manifest => (manifest["graphs"]![0]!["file"], manifest["graphs"]![0]!["data"]![0]!["file"]) = ("graphs/image.onnx", "graphs/image.onnx.data"));
        using var below = Open(ModelPackage.Load(package.Directory));
        below.CheckGolden().ShouldAllBe(check => check.Passed);
    }

    [Theory]
    [InlineData("encode_image.i3_resnet.contrastive_head", 0f, "contrastive_head")] // nothing has a direction
    [InlineData("encode_image.i3_resnet.classifier", 3e38f, "classifier")]
    public void A_network_that_computes_no_numbers_is_refused_in_a_sentence(string head, float value, string where)
    {
        var image = SmallMerlin.Default();
        var count = head.EndsWith("classifier", StringComparison.Ordinal) ? 6 : 5;
        var bad = Put("bad.pt", image.Set($"{head}.weight", [.. Enumerable.Repeat(value, count * 14)]).Set($"{head}.bias", [.. Enumerable.Repeat(value, count)]));
        Should.Throw<CheckpointException>(() => Import(Sources() with { Checkpoint = bad })).Faults.ShouldBe([$"{where}: what it computes of a made-up input is no number; these weights score nothing."]);
        Directory.GetDirectories(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_behind_by_an_import_that_fails()
    {
        Should.Throw<CheckpointException>(() => Import(Sources() with { Checkpoint = Put("bad.pt", SmallMerlin.Default().Remove("logit_scale")) }));
        Should.Throw<CheckpointException>(() => Import(Sources() with { FiveYear = Put("risk.pt", SmallMerlin.Default()) }));
        Should.Throw<FileNotFoundException>(() => Import(Sources() with { Checkpoint = _folder.At("absent.pt") }));
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => MerlinImport.Write(Sources(), _folder.At("package"), _steps, stop.Token));
        Directory.GetDirectories(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void An_import_that_is_stopped_while_it_tests_itself_makes_no_package()
    {
        using var stop = new CancellationTokenSource();
        _steps.OnReport = step =>
        {
            if (step.Step == "running the package's own test") stop.Cancel();
        };
        Should.Throw<OperationCanceledException>(() => MerlinImport.Write(Sources(), _folder.At("package"), _steps, stop.Token));
        Directory.GetDirectories(_folder.Path).ShouldBeEmpty();
    }

    [Fact]
    public void A_folder_that_is_there_is_never_written_over()
    {
        Import(Sources());
        Should.Throw<IOException>(() => Import(Sources())).Message.ShouldContain("is there already");
    }

    [Theory]
    [InlineData("phecode,phecode_str\n8,Intestinal infection\n", "it names 1, and the classifier of default.pt has 6 outputs")]
    [InlineData("code,name\n8,Intestinal infection\n", "line 1 is not 'phecode,phecode_str'")]
    [InlineData("phecode,phecode_str\n8,Intestinal infection\n8.5\n", "line 3 is not a phecode and its name")]
    [InlineData("phecode,phecode_str\n8,Intestinal infection,more\n", "line 2 is not a phecode and its name")]
    [InlineData("phecode,phecode_str\n8,\"Intestinal\n", "line 2 is not a phecode and its name")]
    [InlineData("phecode,phecode_str\nx8,Intestinal infection\n", "line 2 is not a phecode and its name")]
    [InlineData("", "line 1 is not")]
    public void A_list_of_phenotypes_that_does_not_fit_is_refused(string list, string why)
    {
        var sources = Sources();
        File.WriteAllText(sources.Phenotypes!, list);
        Should.Throw<FormatException>(() => Import(sources)).Message.ShouldStartWith($"The list of phenotypes phenotypes.csv cannot be used: {why}");
    }

    private MerlinSources Sources()
    {
        File.WriteAllText(_folder.At("phenotypes.csv"), SixPhenotypes);
        return new MerlinSources { Checkpoint = Put("default.pt", SmallMerlin.Default()), Phenotypes = _folder.At("phenotypes.csv"), Licence = "for tests" };
    }

    private string Put(string name, SmallMerlin checkpoint)
    {
        File.WriteAllBytes(_folder.At(name), checkpoint.ToBytes());
        return _folder.At(name);
    }

    private ModelPackage Import(MerlinSources sources, string name = "package") => MerlinImport.Write(sources, _folder.At(name), _steps, CancellationToken.None);

    private static ScoringModel Open(ModelPackage package) => ScoringModel.Open(package, new ScoringOptions(), NullLogger<ScoringModel>.Instance);

    private static string Sha256(string file) => Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(file)));

    private static void Edit(ModelPackage package, Action<JsonNode> edit)
    {
        var path = Path.Combine(package.Directory, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        edit(manifest);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    /// <summary>X, Y, Z of a cubic kernel become Z, X, Y.</summary>
    private static void Turn(TensorProto kernel)
    {
        var (from, size) = (kernel.RawData.ToByteArray(), (int)kernel.Dims[2]);
        var to = new byte[from.Length];
        for (var cube = 0; cube < from.Length / (4 * size * size * size); cube++)
        {
            for (var i = 0; i < size * size * size; i++)
            {
                var (x, y, z) = (i / size / size, i / size % size, i % size);
                Array.Copy(from, ((cube * size * size * size) + i) * 4, to, ((cube * size * size * size) + (((z * size) + x) * size) + y) * 4, 4);
            }
        }

        kernel.RawData = ByteString.CopyFrom(to);
    }

    /// <summary>The sign of the largest weight.</summary>
    private static void Flip(TensorProto weight)
    {
        var bytes = weight.RawData.ToByteArray();
        var values = MemoryMarshal.Cast<byte, float>(bytes.AsSpan());
        values[TensorPrimitives.IndexOfMaxMagnitude<float>(values)] *= -1;
        weight.RawData = ByteString.CopyFrom(bytes);
    }

    private static void Exchange(Google.Protobuf.Collections.RepeatedField<string> inputs) => (inputs[1], inputs[2]) = (inputs[2], inputs[1]);

    private static void Permute(GraphProto graph, params long[] axes)
    {
        var order = graph.Node.Single(node => node.OpType == "Transpose").Attribute[0].Ints;
        for (var axis = 0; axis < axes.Length; axis++) order[2 + axis] = axes[axis];
    }

    private static void Clear(TensorProto weight) => weight.RawData = ByteString.CopyFrom(new byte[weight.RawData.Length]);

    private sealed class Steps : IProgress<ImportStep>
    {
        public List<ImportStep> Told { get; } = [];

        public Action<ImportStep>? OnReport { get; set; }

        public void Report(ImportStep value)
        {
            Told.Add(value);
            OnReport?.Invoke(value);
        }
    }
}
