using System.Text.Json.Nodes;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Tests.Merlin;
using TriageWorker.Models.Tests.Sentences;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Prompts;

/// <summary>Packages that read their sentences with their own text encoder.</summary>
public sealed class PromptedPackageTests : IDisposable
{
    private static readonly PromptBank s_bank = SomeBank.Of(("LUMP", ["free air", "a lump ."], ["no lump"]), ("GAP", ["no air"], ["liver", "a free liver"]));

    private readonly TemporaryFolder _folder = new();
    private readonly Steps _steps = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void An_import_with_sentences_scores_their_findings()
    {
        var package = Import(s_bank);
        package.Findings.Select(finding => finding.Label.Key).ShouldBe(["LUMP", "GAP"]);
        package.Version.ShouldEndWith($"+p{s_bank.Digest[..8]}");
        package.Warnings.ShouldNotContain(FindingsWriter.NothingScored);
        (package.Prompts!.Encoder, package.Prompts.Sanitiser).ShouldBe((package.Text!.Digest, Sanitiser.Id));
        using var text = TextModel.Open(package);
        foreach (var (finding, label) in s_bank.Findings.Zip(package.Findings))
            label.Direction.ToArray().Select(value => (double)value).ShouldBe(Direction(text, finding), tolerance: 1e-6);
        _steps.Told.ShouldContain("reading the sentences");
    }

    [Fact]
    public void Without_sentences_no_finding_is_scored_and_the_package_says_so()
    {
        var package = Import(bank: null);
        package.Findings.ShouldBeEmpty();
        package.Prompts.ShouldBeNull();
        package.Warnings.ShouldContain(FindingsWriter.NothingScored);
    }

    [Fact]
    public void Sentences_that_nothing_can_read_are_refused_and_nothing_is_left()
    {
        var fault = Should.Throw<ModelPackageException>(() => MerlinImport.Write(Sources(s_bank) with { Tokenizer = null }, _folder.At("package"), _steps, CancellationToken.None));
        fault.Message.ShouldContain("--tokenizer");
        Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).ShouldBe(["tokenizer"]);
    }

    [Fact]
    public void Other_sentences_make_another_package_and_leave_the_old_one_as_it_is()
    {
        var package = Import(s_bank);
        var bytes = Snapshot(package.Directory);
        var other = SomeBank.Of(("LUMP", ["free air"], ["no lump", "air"]));

        var revised = PromptedPackage.Revise(package, other, PromptedPackage.FolderOf(package, other), _steps, CancellationToken.None);

        Snapshot(package.Directory).ShouldBe(bytes);
        ModelPackage.Load(package.Directory).Digest.ShouldBe(package.Digest);
        revised.Directory.ShouldBe($"{package.Directory}-p{other.Digest[..8]}");
        revised.Digest.ShouldNotBe(package.Digest);
        (revised.Space, revised.Text!.Digest).ShouldBe((package.Space, package.Text!.Digest));
        revised.Findings.ShouldHaveSingleItem().Label.Key.ShouldBe("LUMP");
        revised.Version.ShouldBe(package.Version.Replace(s_bank.Digest[..8], other.Digest[..8], StringComparison.Ordinal));
        var back = PromptedPackage.Revise(revised, s_bank, PromptedPackage.FolderOf(revised, s_bank), _steps, CancellationToken.None);
        back.Digest.ShouldBe(package.Digest, "the same weights and the same sentences are the same package, whichever way it was made");
    }

    [Fact]
    public void A_package_that_was_made_without_sentences_gets_some()
    {
        var package = Import(bank: null);
        PromptedPackage.Revise(package, s_bank, _folder.At("with"), _steps, CancellationToken.None).Findings.Count.ShouldBe(2);
        Should.Throw<IOException>(() => PromptedPackage.Revise(package, s_bank, _folder.At("with"), _steps, CancellationToken.None)).Message.ShouldContain("is there already");
    }

    [Fact]
    public void A_package_that_reads_no_sentences_is_refused_by_its_own_name_before_it_is_copied()
    {
        var package = MerlinImport.Write(Sources(bank: null) with { Tokenizer = null }, _folder.At("package"), _steps, CancellationToken.None);
        _steps.Told.Clear();
        Should.Throw<ModelPackageException>(() => PromptedPackage.Revise(package, s_bank, _folder.At("other"), _steps, CancellationToken.None)).Message.ShouldStartWith($"The model package in {package.Directory} cannot be used: text: is missing");
        _steps.Told.ShouldBeEmpty();
    }

    [Fact]
    public void Nothing_is_left_of_a_revision_that_is_stopped()
    {
        var package = Import(s_bank);
        using var stop = new CancellationTokenSource();
        stop.Cancel();
        Should.Throw<OperationCanceledException>(() => PromptedPackage.Revise(package, s_bank, _folder.At("other"), _steps, stop.Token));
        Directory.GetDirectories(_folder.Path).Select(Path.GetFileName).ShouldBe(["package", "tokenizer"], ignoreOrder: true);
    }

    [Fact]
    public void Sentences_of_another_text_encoder_are_refused()
    {
        var package = Import(s_bank);
        var manifest = Path.Combine(package.Directory, "manifest.json");
        File.WriteAllText(manifest, File.ReadAllText(manifest).Replace(package.Prompts!.Encoder, new string('0', 64), StringComparison.Ordinal));
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(package.Directory)).Faults.ShouldHaveSingleItem().ShouldStartWith("findings.prompts.encoder: is another text encoder");
    }

    [Fact]
    public void A_finding_that_is_scored_by_the_rows_of_other_sentences_is_refused()
    {
        var package = Import(s_bank);
        var path = Path.Combine(package.Directory, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["findings"]!["labels"]![1]!["positive"]!["first"] = 0;
        File.WriteAllText(path, manifest.ToJsonString());
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(package.Directory)).Faults.ShouldBe(["findings.prompts.file: prompts.json has other findings, or sentences of other rows, than findings.labels."]);
    }

    /// <summary>The sentences of a bank are read some at a time, so that another one in the bank may move the last bits of a vector: what a threshold was approved for has not changed by that.</summary>
    [Fact]
    public void What_a_finding_is_scored_with_is_another_with_other_sentences_and_not_with_other_findings_beside_it()
    {
        var package = Import(s_bank);
        var before = FindingDigest.All(package);
        before.Keys.ShouldBe(["LUMP", "GAP"], ignoreOrder: true);
        before.Values.ShouldAllBe(digest => digest.Length == 16 && digest.All(char.IsAsciiHexDigitLower));
        before["LUMP"].ShouldNotBe(before["GAP"]);
        var other = SomeBank.Of(("MORE", ["liver"], ["no liver"]), ("LUMP", ["free air", "a lump ."], ["no lump"]), ("GAP", ["no air ."], ["liver", "a free liver"]));

        var after = FindingDigest.All(PromptedPackage.Revise(package, other, _folder.At("other"), _steps, CancellationToken.None));

        after["LUMP"].ShouldBe(before["LUMP"]);
        after["GAP"].ShouldNotBe(before["GAP"]);
        foreach (var finding in other.Findings) FindingDigest.Of(package, finding).ShouldBe(after[finding.Label.Key], "it is known before a package is made of the sentences");
    }

    [Fact]
    public void What_a_finding_is_scored_with_is_another_with_other_weights_or_its_sentences_on_the_other_side()
    {
        var (one, other) = (Import(s_bank), Import(s_bank, seed: 2, folder: "weights"));
        FindingDigest.All(other)["LUMP"].ShouldNotBe(FindingDigest.All(one)["LUMP"]);
        var lump = s_bank.Findings[0];
        FindingDigest.Of(one, lump with { Positive = lump.Negative, Negative = lump.Positive }).ShouldNotBe(FindingDigest.Of(one, lump));
        FindingDigest.Of(one, lump with { Positive = ["free airalump ."] }).ShouldNotBe(FindingDigest.Of(one, lump with { Positive = ["free air", "alump ."] }));
        FindingDigest.All(one with { Space = "another" })["LUMP"].ShouldNotBe(FindingDigest.All(one)["LUMP"]);
        var plain = ModelPackage.Load(Repository.At("onnx", "phantom"));
        var moved = plain.Findings[0].Direction.ToArray();
        moved[0] = MathF.BitIncrement(moved[0]);
        FindingDigest.All(plain with { Findings = [plain.Findings[0] with { Direction = moved }] })["FREE_AIR"].ShouldNotBe(FindingDigest.All(plain)["FREE_AIR"]);
        Should.Throw<ArgumentException>(() => FindingDigest.Of(plain, lump)).Message.ShouldContain("reads no sentences");
    }

    /// <summary>The image's vector is the original's own, so that only rows, means and the dot product are left to be wrong.</summary>
    [Fact]
    public void A_package_of_the_published_layout_scores_the_originals_image_vector()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var bank = PromptBank.Parse(File.ReadAllBytes(Repository.At("onnx", "prompts", "merlin.json")), "merlin.json");
        var package = MerlinImport.Write(Sources(bank) with { Checkpoint = TinyMerlin.Path("default.pt"), TextHeads = 4, TextWindow = 16 }, _folder.At("package"), _steps, CancellationToken.None);
        package.Findings.Count.ShouldBe(30);
        using var file = Checkpoint.Open(TinyMerlin.Path("default.pt"));
        using var graph = new GraphRun(ImageGraph.Build(MerlinCheckpoint.Default(file), Precision.Float32));
        var ours = ZeroShot.Unit(graph.Run(TinyMerlin.Array("input"), TinyMerlin.Size)[ImageGraph.Contrastive]);
        var theirs = TinyMerlin.Array("contrastive");
        using var text = TextModel.Open(package);
        foreach (var (finding, label) in bank.Findings.Zip(package.Findings))
            ZeroShot.Score(label, ours).Score.ShouldBe(Direction(text, finding).Zip(theirs, (d, v) => d * v).Sum(), 1e-4, finding.Label.Key);
    }

    private static IEnumerable<double> Direction(TextModel text, PromptFinding finding)
    {
        var (positive, negative) = (text.Embed(finding.Positive), text.Embed(finding.Negative));
        return Enumerable.Range(0, text.Size).Select(i => positive.Average(vector => (double)vector[i]) - negative.Average(vector => (double)vector[i]));
    }

    private ModelPackage Import(PromptBank? bank, int seed = 1, string folder = "package") => MerlinImport.Write(Sources(bank, seed), _folder.At(folder), _steps, CancellationToken.None);

    private MerlinSources Sources(PromptBank? bank, int seed = 1)
    {
        SmallTokenizer.Write(_folder.At("tokenizer"));
        File.WriteAllBytes(_folder.At("default.pt"), SmallMerlin.Default(seed).ToBytes());
        return new MerlinSources { Checkpoint = _folder.At("default.pt"), Tokenizer = _folder.At("tokenizer"), TextHeads = 2, TextWindow = 4, Prompts = bank, Licence = "for tests" };
    }

    private static Dictionary<string, string> Snapshot(string folder) => Directory.EnumerateFiles(folder).ToDictionary(
        file => Path.GetFileName(file), file => Convert.ToHexString(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(file))));

    private sealed class Steps : IProgress<ImportStep>
    {
        public List<string> Told { get; } = [];

        public void Report(ImportStep value) => Told.Add(value.Step);
    }
}
