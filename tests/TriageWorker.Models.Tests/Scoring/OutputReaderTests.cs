using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Tests.Scoring;

/// <summary>Shapes as a full-size Merlin gives them: heads that are convolutions, and a second graph with a trunk of its own for the risks.</summary>
public sealed class OutputReaderTests
{
    private static readonly LabelCode s_code = new("X", "99TRIAGE", "X");

    private static ModelPackage Package => new()
    {
        Directory = "/nowhere",
        Id = "merlin",
        Version = "1",
        Title = "Merlin's shapes",
        Family = "i3resnet",
        Licence = "none",
        Demonstration = true,
        Needs = new PackageNeeds("CT", "abdomen", 40, 18),
        Warnings = [],
        Input = TensorSpec.Merlin,
        Graphs =
        [
            new PackageGraph("default.onnx", "", "image", [
                new GraphOutput("contrastive", OutputKind.Contrastive, Activation.None),
                new GraphOutput("classifier", OutputKind.Phenotypes, Activation.Sigmoid),
                new GraphOutput("layer4", OutputKind.FeatureMap, Activation.None)]),
            new PackageGraph("five_year.onnx", "", "image", [new GraphOutput("probabilities", OutputKind.Risks, Activation.None)]),
        ],
        Findings = [new FindingLabel(new ScoreLabel("AAA", "Abdominal aortic aneurysm", s_code), new float[] { 1, -1 })],
        Phenotypes = [new ScoreLabel("008", "Intestinal infection", s_code), new ScoreLabel("008.5", "Bacterial enteritis", s_code)],
        Risks = [new ScoreLabel("R5_CVD", "Cardiovascular disease", s_code)],
        Digest = "",
    };

    private static IEnumerable<(OutputKind, GraphValue)> Values(params (OutputKind Kind, GraphValue Value)[] instead) =>
        new Dictionary<OutputKind, GraphValue>
        {
            [OutputKind.Contrastive] = new([1, 2, 1, 1, 1], [3, 4]),
            [OutputKind.Phenotypes] = new([1, 2, 1, 1, 1], [0, 100]),
            [OutputKind.FeatureMap] = new([1, 1, 1, 2, 1], [7, 8]),
            [OutputKind.Risks] = new([1, 1], [0.25f]),
        }.ToDictionary(pair => pair.Key, pair => instead.FirstOrDefault(each => each.Kind == pair.Key).Value ?? pair.Value)
        .Select(pair => (pair.Key, pair.Value));

    [Fact]
    public void Dimensions_of_one_do_not_matter_and_a_raw_contrastive_vector_is_made_a_unit_vector()
    {
        var output = new OutputReader(Package).Read(Values());
        output.Contrastive.ToArray().ShouldBe([0.6f, 0.8f]);
        output.Findings.Single().Score.ShouldBe(-0.2, 1e-6);
    }

    [Fact]
    public void Logits_become_probabilities_and_probabilities_stay_what_they_are()
    {
        var output = new OutputReader(Package).Read(Values());
        output.Phenotypes.Select(score => score.Score).ShouldBe([0.5, 1]);
        output.Risks.Single().Score.ShouldBe(0.25);
    }

    [Fact]
    public void A_package_without_an_embedding_has_none() =>
        new OutputReader(Package).Read(Values()).Embedding.IsEmpty.ShouldBeTrue();

    [Fact]
    public void A_feature_map_keeps_its_shape()
    {
        var map = new OutputReader(Package).Read(Values()).FeatureMap.ShouldNotBeNull();
        (map.Channels, map.Depth, map.Rows, map.Columns).ShouldBe((1, 1, 2, 1));
    }

    [Fact]
    public void A_feature_map_without_three_spatial_axes_is_refused() =>
        Should.Throw<ScoringException>(() => new OutputReader(Package).Read(Values((OutputKind.FeatureMap, new([1, 2], [7, 8])))))
            .Message.ShouldContain("[1,2]");

    [Fact]
    public void An_image_vector_of_another_length_than_the_bank_is_refused() =>
        Should.Throw<ScoringException>(() => new OutputReader(Package).Read(Values((OutputKind.Contrastive, new([1, 3], [1, 2, 3])))))
            .Message.ShouldContain("3 numbers and the bank's vectors have 2");

    [Fact]
    public void An_image_vector_of_length_zero_has_no_direction_and_no_score() =>
        Should.Throw<ScoringException>(() => new OutputReader(Package).Read(Values((OutputKind.Contrastive, new([1, 2], [0, 0])))));

    [Fact]
    public void A_score_that_is_held_back_is_not_told_and_the_others_keep_their_places()
    {
        var package = Package with { Phenotypes = [Package.Phenotypes[0] with { Held = "Nobody has confirmed it." }, Package.Phenotypes[1]] };
        new OutputReader(package).Read(Values()).Phenotypes.ShouldHaveSingleItem().ShouldBe(new LabelScore(package.Phenotypes[1], 1));
    }

    [Fact]
    public void A_risk_that_is_held_back_is_computed_and_says_why_it_is_not_told()
    {
        var package = Package with { Risks = [Package.Risks[0] with { Held = "Nobody has confirmed it." }] };
        var risk = new OutputReader(package).Read(Values()).Risks.ShouldHaveSingleItem();
        (risk.Score, risk.Label.Held).ShouldBe((0.25, "Nobody has confirmed it."));
    }
}
