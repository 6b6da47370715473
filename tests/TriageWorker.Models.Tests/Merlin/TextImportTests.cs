using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Tests.Prompts;
using TriageWorker.Models.Tests.Sentences;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Merlin;

public sealed class TextImportTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void The_published_layout_is_imported_with_its_text_encoder()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var package = Import(Sources() with { Checkpoint = TinyMerlin.Path("default.pt"), TextHeads = 4, TextWindow = 16 });
        package.Text.ShouldNotBeNull().Size.ShouldBe(512);
        package.Text.Parts.Longest.ShouldBe(1024);
        package.Text.Parts.Golden.Ids.Select(ids => ids.Length).ShouldContain(8 + 48);
        using var model = TextModel.Open(package);
        model.Embed(["no free air ."]).Single().Length.ShouldBe(512);
    }

    [Theory]
    [InlineData("{\"num_attention_heads\":2,\"attention_window\":[4,4]}")]
    [InlineData("{\"num_attention_heads\":2,\"attention_window\":4,\"hidden_size\":8,\"num_hidden_layers\":2,\"vocab_size\":280,\"hidden_act\":\"gelu\",\"layer_norm_eps\":1e-05,\"pad_token_id\":1,\"other\":null}")]
    public void What_is_published_beside_the_tokenizer_tells_how_attention_is_divided(string config)
    {
        var told = Import(Sources() with { TextHeads = 2, TextWindow = 4 }, "told");
        Configure(config);
        Import(Sources()).Text!.Digest.ShouldBe(told.Text!.Digest);
    }

    [Theory]
    [InlineData("{}", "its states of 8 numbers cannot be divided among 12 heads.")]
    [InlineData("{\"num_attention_heads\":2,\"attention_window\":[4,6]}", "attention_window is 6, and the checkpoint or what was said of it has 4.")]
    [InlineData("{\"num_attention_heads\":2,\"attention_window\":5}", "attention spans an even number of tokens, and not 5.")]
    [InlineData("{\"num_attention_heads\":3}", "its states of 8 numbers cannot be divided among 3 heads.")]
    [InlineData("{\"num_attention_heads\":2,\"hidden_size\":768}", "hidden_size is 768, and the checkpoint or what was said of it has 8.")]
    [InlineData("{\"num_attention_heads\":2,\"hidden_act\":\"gelu_new\"}", "hidden_act is \"gelu_new\", and this version knows \"gelu\".")]
    [InlineData("{\"num_attention_heads\":\"two\"}", "")]
    [InlineData("{", "")]
    public void A_configuration_that_contradicts_is_refused(string config, string why)
    {
        Configure(config);
        var message = Should.Throw<FormatException>(() => Import(Sources())).Message;
        message.ShouldStartWith("The text encoder's attention is not known: config.json in the tokenizer's folder: ");
        message.ShouldEndWith(why);
        Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).ShouldBe(["tokenizer"]);
    }

    [Fact]
    public void What_is_said_and_what_is_published_must_not_differ()
    {
        Configure("{\"num_attention_heads\":2,\"attention_window\":4}");
        Should.Throw<FormatException>(() => Import(Sources() with { TextWindow = 6 })).Message.ShouldContain("attention_window is 4, and the checkpoint or what was said of it has 6");
        Import(Sources() with { TextHeads = 2, TextWindow = 4 }).Text.ShouldNotBeNull();
    }

    [Fact]
    public void A_tokenizer_of_another_encoder_is_refused()
    {
        var vocabulary = SmallTokenizer.Vocabulary();
        vocabulary["<mask>"] = 280;
        SmallTokenizer.Write(_folder.At("tokenizer"), vocabulary);
        Should.Throw<FormatException>(() => Import(Sources(isWritten: false) with { TextHeads = 2 })).Message.ShouldBe("The tokenizer file vocab.json cannot be used: '<mask>' has the number 280, and the encoder of default.pt knows 280 tokens.");
        vocabulary = SmallTokenizer.Vocabulary();
        (vocabulary["<pad>"], vocabulary["<unk>"]) = (3, 1);
        SmallTokenizer.Write(_folder.At("tokenizer"), vocabulary);
        Should.Throw<FormatException>(() => Import(Sources(isWritten: false) with { TextHeads = 2 })).Message.ShouldBe("The tokenizer file vocab.json cannot be used: <pad> has the number 3, and the encoder counts its places from 1.");
    }

    [Fact]
    public void The_steps_of_the_text_are_told_too()
    {
        var told = new Steps();
        MerlinImport.Write(Sources() with { TextHeads = 2, TextWindow = 4 }, _folder.At("package"), told, CancellationToken.None);
        told.Told.Select(step => step.Step).Distinct().ShouldBe(["reading default.pt", "writing image.onnx", "computing the self-test in double precision", "writing text.onnx", "computing the text's self-test in double precision", "running the package's own test"]);
        told.Told.Where(step => step.Step.Contains("text", StringComparison.Ordinal)).GroupBy(step => step.Step).ShouldAllBe(step => step.Last().Share == 1);
    }

    [Fact]
    public void What_a_package_consists_of_is_told_with_all_its_files()
    {
        var package = Import(Sources() with { TextHeads = 2, TextWindow = 4, Prompts = SomeBank.Of(("LUMP", ["a lump"], ["no lump"])) });
        PackageDescription.Of(package).Files.Select(file => file.Name).ShouldBe(Directory.GetFiles(package.Directory).Select(file => Path.GetFileName(file)!).Where(name => name != "manifest.json"), ignoreOrder: true);
    }

    [Fact]
    public void A_text_encoder_that_computes_no_numbers_is_refused_in_a_sentence()
    {
        var sources = Sources() with { TextHeads = 2, TextWindow = 4 };
        File.WriteAllBytes(sources.Checkpoint, SmallMerlin.Default().Set("encode_text.linear_layer.weight", new float[5 * 8]).Set("encode_text.linear_layer.bias", new float[5]).ToBytes());
        Should.Throw<CheckpointException>(() => Import(sources)).Faults.ShouldBe(["encode_text.linear_layer: what it computes of a made-up input is no number; these weights score nothing."]);
    }

    private MerlinSources Sources(bool isWritten = true)
    {
        if (isWritten) SmallTokenizer.Write(_folder.At("tokenizer"));
        File.WriteAllBytes(_folder.At("default.pt"), SmallMerlin.Default().ToBytes());
        return new MerlinSources { Checkpoint = _folder.At("default.pt"), Tokenizer = _folder.At("tokenizer"), Licence = "for tests" };
    }

    private void Configure(string config)
    {
        Directory.CreateDirectory(_folder.At("tokenizer"));
        File.WriteAllText(_folder.At("tokenizer", "config.json"), config);
    }

    private ModelPackage Import(MerlinSources sources, string name = "package") => MerlinImport.Write(sources, _folder.At(name), new Steps(), CancellationToken.None);

    private sealed class Steps : IProgress<ImportStep>
    {
        public List<ImportStep> Told { get; } = [];

        public void Report(ImportStep value) => Told.Add(value);
    }
}
