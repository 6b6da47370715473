using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Google.Protobuf;
using Onnx;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Merlin.Reference;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Tests.Checkpoints;
using TriageWorker.Models.Tests.Merlin;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Sentences;

public sealed class TextModelTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sentence_becomes_the_vector_that_the_checkpoint_says()
    {
        using var model = TextModel.Open(Import());
        var vectors = model.Embed(["No free air.", "LIVER", "no free air ."]);
        vectors.Count.ShouldBe(3);
        model.Size.ShouldBe(5);
        vectors[0].ShouldBe(vectors[2]);
        var pairs = SmallTokenizer.Read(_folder.At("tokenizer"));
        foreach (var (vector, text) in vectors.Zip((string[])["no free air .", "liver"]))
        {
            int[] ids = [0, .. pairs.Encode(text), 2];
            var expected = Opened.With(SmallMerlin.Default().ToBytes(), file => new PlainTextForward(MerlinCheckpoint.Default(file), new TextAttention(2, 4)).Run(ids));
            Deviations.Largest(vector, expected).ShouldBeLessThan(1e-5, text);
        }
    }

    [Fact]
    public void Many_sentences_keep_their_order_and_are_as_each_alone()
    {
        using var model = TextModel.Open(Import());
        var random = new Random(3);
        string[] sentences = [.. Enumerable.Range(0, 700).Select(i => string.Concat(Enumerable.Repeat((char)('a' + (i % 26)), random.Next(1, 20))))];
        var together = model.Embed(sentences);
        for (var i = 0; i < sentences.Length; i += 37) Deviations.Largest(together[i], model.Embed([sentences[i]])[0]).ShouldBeLessThan(1e-5);
        model.Embed([]).ShouldBeEmpty();
    }

    [Fact]
    public void A_sentence_that_is_too_long_is_read_up_to_where_the_encoder_ends()
    {
        using var model = TextModel.Open(Import());
        model.Embed(["abcdefghijklmnopqrstuvwxyz"])[0].ShouldBe(model.Embed(["abcdefghijkl"])[0], 1e-5);
    }

    [Fact]
    public void A_sentence_with_nothing_in_it_is_refused_and_so_is_work_that_was_stopped()
    {
        using var model = TextModel.Open(Import());
        Should.Throw<ArgumentException>(() => model.Embed(["air", " \u00a0 "])).Message.ShouldStartWith("Sentence 1 has nothing to read.");
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => model.Embed(["air"], stop.Token));
    }

    [Fact]
    public void A_package_without_a_text_part_says_how_to_make_one()
    {
        var package = Import(sources => sources with { Tokenizer = null });
        package.Text.ShouldBeNull();
        Should.Throw<ModelPackageException>(() => TextModel.Open(package)).Message.ShouldContain("text: is missing; a package that reads sentences is made with 'triage models import merlin --tokenizer DIR'.");
    }

    [Theory, InlineData(nameof(Precision.Float32)), InlineData(nameof(Precision.Float16))]
    public void A_package_says_what_its_sentences_depend_on(string precision)
    {
        var package = Import(sources => sources with { Precision = Enum.Parse<Precision>(precision) });
        var manifest = JsonNode.Parse(File.ReadAllText(Path.Combine(package.Directory, "manifest.json")))!["text"]!;
        manifest["file"]!.GetValue<string>().ShouldBe("text.onnx");
        manifest["heads"]!.GetValue<int>().ShouldBe(2);
        manifest["window"]!.GetValue<int>().ShouldBe(4);
        manifest["sanitiser"]!.GetValue<string>().ShouldBe("merlin-wordpunct-1");
        manifest["tokenizer"]!["files"]!.AsArray().Select(file => file!["file"]!.GetValue<string>()).ShouldBe(["vocab.json", "merges.txt"]);
        manifest["tokenizer"]!["longest"]!.GetValue<int>().ShouldBe(14);
        File.ReadAllBytes(Path.Combine(package.Directory, "merges.txt")).ShouldBe(File.ReadAllBytes(_folder.At("tokenizer", "merges.txt")));
        package.Text.ShouldNotBeNull().Digest.Length.ShouldBe(64);
        var again = Import(sources => sources with { Precision = Enum.Parse<Precision>(precision) }, "again");
        again.Digest.ShouldBe(package.Digest);
        again.Text!.Digest.ShouldBe(package.Text.Digest);
        Import(sources => sources with { TextWindow = 6 }, "wider").Text!.Digest.ShouldNotBe(package.Text.Digest);
    }

    [Fact]
    public void A_tokenizer_in_one_file_gives_the_same_vectors()
    {
        using var two = TextModel.Open(Import());
        SmallTokenizer.WriteWhole(_folder.At("whole"));
        var package = Import(sources => sources with { Tokenizer = _folder.At("whole") }, "whole-package");
        File.Exists(Path.Combine(package.Directory, "tokenizer.json")).ShouldBeTrue();
        using var one = TextModel.Open(package);
        one.Embed(["No free air."])[0].ShouldBe(two.Embed(["No free air."])[0]);
    }

    /// <summary>Each would give vectors, and nobody would notice by their looks.</summary>
    [Theory]
    [InlineData("a window that is wider"), InlineData("a window that is narrower"), InlineData("padding that is seen"), InlineData("places counted from one"), InlineData("a bias left out"), InlineData("heads divided otherwise")]
    public void A_graph_that_computes_something_else_does_not_load(string what)
    {
        var package = Import();
        if (what.StartsWith("heads", StringComparison.Ordinal))
        {
            Opened.With(SmallMerlin.Default().ToBytes(), file => GraphFile.Write(package.Text!.Parts.Graph, new TextGraph(MerlinCheckpoint.Default(file), new TextAttention(4, 4), Precision.Float32).Build()));
        }
        else
        {
            var model = ModelProto.Parser.ParseFrom(File.ReadAllBytes(package.Text!.Parts.Graph));
            switch (what)
            {
                case "a window that is wider": Constant(model, "reach").I++; break;
                case "a window that is narrower": Constant(model, "reach").I--; break;
                case "padding that is seen": model.Graph.Node.Single(node => node.Name == "seen").Input[1] = model.Graph.Node.Single(node => node.Name == "seen").Input[0]; break;
                case "places counted from one": model.Graph.Node.Single(node => node.Name == "place").Input[1] = "zero"; break;
                default: Clear(model.Graph.Initializer.Single(weight => weight.Name.EndsWith("layer.1.intermediate.dense.bias", StringComparison.Ordinal))); break;
            }

            File.WriteAllBytes(package.Text.Parts.Graph, model.ToByteArray());
        }

        Edit(package, text => text["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(package.Text!.Parts.Graph))));
        Should.Throw<ModelPackageException>(() => TextModel.Open(ModelPackage.Load(package.Directory))).Faults.Single().ShouldStartWith("golden test: a sentence's vector deviates by");
    }

    [Fact]
    public void One_changed_byte_of_any_of_its_files_is_found()
    {
        var package = Import();
        foreach (var name in (string[])["text.onnx", "vocab.json", "merges.txt", "text_golden.json"])
        {
            var path = Path.Combine(package.Directory, name);
            var content = File.ReadAllBytes(path);
            File.WriteAllBytes(path, [.. content[..^1], (byte)(content[^1] ^ 1)]);
            Should.Throw<ModelPackageException>(() => ModelPackage.Load(package.Directory)).Faults.Single().ShouldContain($"{name} has SHA-256");
            File.WriteAllBytes(path, content);
        }
    }

    [Fact]
    public void Another_tokenizer_under_the_same_encoder_does_not_load()
    {
        var package = Import();
        var merges = Path.Combine(package.Directory, "merges.txt");
        File.WriteAllLines(merges, SmallTokenizer.Merges.Where(merge => merge != "li v"));
        Edit(package, text => text["tokenizer"]!["files"]![1]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(merges))));
        Should.Throw<ModelPackageException>(() => TextModel.Open(ModelPackage.Load(package.Directory))).Faults.Single().ShouldBe("golden test: the sentence has other tokens than it must have.");
    }

    [Theory]
    [InlineData("sanitiser", "\"other\"", "text.sanitiser: is 'other'; this version reads 'merlin-wordpunct-1' only.")]
    [InlineData("tokenizer", "null", "text.tokenizer: is missing.")]
    [InlineData("golden", "null", "text.golden: is missing.")]
    [InlineData("size", "4", "text.golden.file: text_golden.json is not a vector of 4 numbers for each of its sequences.")]
    [InlineData("vocabulary", "2", "text.vocabulary: must be a whole number from 4 to 1048576.")]
    [InlineData("input", "\"\"", "text.input: is missing.")]
    [InlineData("file", "\"../text.onnx\"", "text.file: '../text.onnx' lies outside the package.")]
    public void A_manifest_that_says_something_else_is_refused(string key, string value, string fault)
    {
        var package = Import();
        Edit(package, text => text[key] = JsonNode.Parse(value));
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(package.Directory)).Faults.ShouldContain(fault);
    }

    [Fact]
    public void A_graph_with_other_names_is_refused_with_those_it_has()
    {
        var package = Import();
        Edit(package, text => text["input"] = "tokens");
        Should.Throw<ModelPackageException>(() => TextModel.Open(ModelPackage.Load(package.Directory))).Faults.Single().ShouldBe("text.input: the graph has no input tokens; it has ids.");
    }

    private ModelPackage Import(Func<MerlinSources, MerlinSources>? change = null, string name = "package")
    {
        SmallTokenizer.Write(_folder.At("tokenizer"));
        File.WriteAllBytes(_folder.At("default.pt"), SmallMerlin.Default().ToBytes());
        var sources = new MerlinSources { Checkpoint = _folder.At("default.pt"), Tokenizer = _folder.At("tokenizer"), TextHeads = 2, TextWindow = 4, Licence = "for tests" };
        return MerlinImport.Write(change?.Invoke(sources) ?? sources, _folder.At(name), new Unheard(), CancellationToken.None);
    }

    private static void Edit(ModelPackage package, Action<JsonNode> edit)
    {
        var path = Path.Combine(package.Directory, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        edit(manifest["text"]!);
        File.WriteAllText(path, manifest.ToJsonString());
    }

    private static AttributeProto Constant(ModelProto model, string name) => model.Graph.Node.Single(node => node.Name == name).Attribute.Single();

    private static void Clear(TensorProto weight) => weight.RawData = ByteString.CopyFrom(new byte[weight.RawData.Length]);

    private sealed class Unheard : IProgress<ImportStep>
    {
        public void Report(ImportStep value)
        {
        }
    }
}
