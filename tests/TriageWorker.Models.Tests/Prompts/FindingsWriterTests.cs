using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;
using TriageWorker.Models.Tests.Merlin;
using TriageWorker.Models.Tests.Packages;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Prompts;

/// <summary>Sentences of a package, with vectors that the tests draw.</summary>
public sealed class FindingsWriterTests
{
    private const int Size = 64; // of the shipped package's contrastive vector
    private static readonly PromptBank s_bank = SomeBank.Of(("LUMP", ["a lump", "lump ."], ["no lump"]), ("GAP", ["a gap"], ["no gap", "whole", "closed"]));

    [Fact]
    public void A_score_is_the_difference_of_mean_cosines_as_NumPy_has_it()
    {
        Assert.SkipUnless(File.Exists(NumpyReference.Python), NumpyReference.Reason);
        using var copy = new PackageCopy();
        var package = Written(copy, out _);
        var image = Draw(new Random(9), 1)[0];
        var scores = package.Findings.Select(finding => ZeroShot.Score(finding, image).Score).ToList();
        var expected = Numpy(copy, $"""
            import numpy as n
            rows, image = n.load('findings.npy').astype('f8'), n.array([{string.Join(',', image.Select(value => value.ToString("R", CultureInfo.InvariantCulture)))}])
            cosine = rows @ image / n.linalg.norm(rows, axis=1) / n.linalg.norm(image)
            print(cosine[0:2].mean() - cosine[2:3].mean(), cosine[3:4].mean() - cosine[4:7].mean())
            """);
        for (var i = 0; i < 2; i++) scores[i].ShouldBe(expected[i], 1e-6);
    }

    [Fact]
    public void Other_sentences_are_another_package_over_the_same_vectors_of_images()
    {
        using var copy = new PackageCopy();
        var before = ModelPackage.Load(copy.Folder);
        var package = Written(copy, out _);
        package.Digest.ShouldNotBe(before.Digest);
        package.Space.ShouldNotBeNull().ShouldBe(before.Space);
        package.Version.ShouldBe($"{before.Version}+p{s_bank.Digest[..8]}");
        package.Prompts.ShouldNotBeNull().ShouldSatisfyAllConditions(
            prompts => prompts.Bank.Sentences.ShouldBe(s_bank.Sentences), prompts => prompts.Encoder.ShouldBe("the encoder"), prompts => prompts.Sanitiser.ShouldBe("none"));
        FindingsWriter.Write(copy.Folder, SomeBank.Of(("LUMP", ["a lump"], ["none"])), Draw(new Random(3), 2), "the encoder", "none");
        ModelPackage.Load(copy.Folder).Version.ShouldMatch(@"^[^+]+\+p[0-9a-f]{8}$", "one mark of the sentences, and not one for each time they changed");
    }

    [Fact]
    public void Another_input_or_another_graph_is_another_space()
    {
        using var copy = new PackageCopy();
        var before = ModelPackage.Load(copy.Folder).Space;
        copy.Edit(manifest => manifest["input"]!["hounsfield"]![0] = -301);
        ModelPackage.Load(copy.Folder).Space.ShouldNotBe(before);
        copy.Edit(manifest => manifest["input"]!["hounsfield"]![0] = -300);
        ModelPackage.Load(copy.Folder).Space.ShouldBe(before);
        File.AppendAllText(copy.PathOf("phantom.onnx"), "\n");
        copy.Edit(manifest => manifest["graphs"]![0]!["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(copy.PathOf("phantom.onnx")))));
        ModelPackage.Load(copy.Folder).Space.ShouldNotBe(before);
    }

    [Theory]
    [InlineData("another number of sentences"), InlineData("another finding"), InlineData("another file")]
    public void Sentences_that_are_not_those_of_the_vectors_are_refused(string what)
    {
        using var copy = new PackageCopy();
        Written(copy, out _);
        var bank = what switch
        {
            "another number of sentences" => SomeBank.Of(("LUMP", ["a lump"], ["no lump"]), ("GAP", ["a gap"], ["no gap", "whole", "closed"])),
            _ => SomeBank.Of(("LUMP", ["a lump", "lump ."], ["no lump"]), ("HOLE", ["a gap"], ["no gap", "whole", "closed"])),
        };
        File.WriteAllBytes(copy.PathOf("prompts.json"), bank.Json.ToArray());
        if (what != "another file") copy.Edit(manifest => manifest["findings"]!["prompts"]!["sha256"] = bank.Digest);
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(copy.Folder)).Faults.ShouldHaveSingleItem().ShouldStartWith("findings.prompts.file: prompts.json has ");
    }

    [Fact]
    public void A_trial_scores_to_the_last_bit_as_the_package_would_that_is_made_of_it()
    {
        using var copy = new PackageCopy();
        var before = ModelPackage.Load(copy.Folder);
        var made = Written(copy, out var vectors);
        using var model = ScoringModel.Open(made, new ScoringOptions { Provider = ExecutionProvider.Cpu }, NullLogger<ScoringModel>.Instance);
        var random = new Random(4);
        var voxels = new float[made.Input.Size.Voxels];
        for (var i = 0; i < voxels.Length; i++) voxels[i] = random.NextSingle();
        var live = model.Score(new ImageTensor(voxels, made.Input.Size, Affine.Identity, new FieldOfView(default, default, default)));
        var trial = PromptTrial.Of(before, s_bank.Findings[0], [.. vectors.Take(3)], threshold: 0, thresholdBefore: 0);
        trial.Add(live.Contrastive.Span).Score.ShouldBe(live.Findings.Single(score => score.Label.Key == "LUMP").Score);
        trial.IsNew.ShouldBeTrue();
    }

    [Fact]
    public void A_trial_counts_who_changes_side()
    {
        using var copy = new PackageCopy();
        var package = Written(copy, out var vectors);
        var other = SomeBank.Of(("LUMP", ["a bump"], ["no bump"])).Findings[0];
        var opposite = vectors.Take(3).Select(vector => vector.Select(value => -value).ToArray()).ToList();
        var trial = PromptTrial.Of(package, other with { Positive = ["a bump", "bump ."], Negative = ["no bump"] }, opposite, threshold: 0, thresholdBefore: 0);
        var images = Draw(new Random(5), 100);
        var flips = images.Select(image => trial.Add(image)).ToList();
        flips.ShouldAllBe(said => said.ChangesSide && said.Score == -said.Before);
        (trial.IsNew, trial.IsChanged).ShouldBe((false, true));
        trial.Gained.ShouldBeGreaterThan(0);
        (trial.Gained + trial.Lost, trial.Flagged, trial.Scores.Count).ShouldBe((100, trial.Gained, 100));
        Should.Throw<ArgumentException>(() => trial.Add(new float[Size - 1]));
    }

    private static ModelPackage Written(PackageCopy copy, out float[][] vectors)
    {
        vectors = Draw(new Random(2), s_bank.Sentences.Count);
        FindingsWriter.Write(copy.Folder, s_bank, vectors, "the encoder", "none");
        return ModelPackage.Load(copy.Folder);
    }

    private static float[][] Draw(Random random, int count) =>
        [.. Enumerable.Range(0, count).Select(_ => ZeroShot.Unit([.. Enumerable.Range(0, Size).Select(_ => random.NextSingle() - 0.5f)]))];

    private static double[] Numpy(PackageCopy copy, string program)
    {
        var said = ExternalTool.RunAsync(NumpyReference.Python, ["-c", $"import os; os.chdir({PythonText(copy.Folder)})\n{program}"]).GetAwaiter().GetResult().Expect().Output;
        return [.. said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries).Select(each => double.Parse(each, CultureInfo.InvariantCulture))];
    }

    private static string PythonText(string text) => $"'{text.Replace("'", "\\'", StringComparison.Ordinal)}'";
}
