using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Host.Training;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Host.Tests.Training;

/// <summary>Draws phantoms that the model never saw and scores them once for all tests; <c>./triage bench model</c> does it with 480.</summary>
public sealed class ScoredPhantoms : IDisposable
{
    private const int FirstSeed = 7_000_000, Count = 80;

    private readonly ScoringModel _model =
        ScoringModel.Open(ModelPackage.Load(Repository.At("onnx", "phantom")), new ScoringOptions(), NullLogger<ScoringModel>.Instance);

    public ScoredPhantoms() => Figures = new ModelEvaluation(_model, new CaseMix(FirstSeed, Count, [256], [80, 120]))
        .Run(Environment.ProcessorCount, () => { }, CancellationToken.None)
        .ToDictionary(figures => figures.Key);

    public ModelPackage Package => _model.Package;

    public IReadOnlyDictionary<string, LabelFigures> Figures { get; }

    public void Dispose() => _model.Dispose();
}

public sealed class PhantomModelTests(ScoredPhantoms phantoms) : IClassFixture<ScoredPhantoms>
{
    private static readonly Policy Policy = PolicyFile.Parse(File.ReadAllBytes(Repository.At("onnx", "phantom", "policy.json")));

    public static TheoryData<string> Findings => [.. DrawnLabels.Findings.Select(label => label.Key)];

    public static TheoryData<string> Attributes => [.. DrawnLabels.Phenotypes.Select(label => label.Key)];

    [Theory, MemberData(nameof(Findings))]
    public void A_finding_is_told_from_its_absence_on_phantoms_never_seen(string key) =>
        phantoms.Figures[key].Auroc.ShouldBeGreaterThanOrEqualTo(0.95);

    [Theory, MemberData(nameof(Attributes))]
    public void A_drawn_attribute_is_told_on_phantoms_never_seen(string key) =>
        phantoms.Figures[key].Auroc.ShouldBeGreaterThanOrEqualTo(0.9);

    [Theory, MemberData(nameof(Findings))]
    public void The_shipped_threshold_fires_seldom_without_the_finding_and_mostly_with_it(string key)
    {
        var (sensitivity, specificity) = phantoms.Figures[key].At(Policy.Approved.Single(finding => finding.Key == key).Threshold);
        specificity.ShouldBeGreaterThanOrEqualTo(0.95);
        sensitivity.ShouldBeGreaterThanOrEqualTo(0.7);
    }

    [Fact]
    public void The_policy_is_for_this_package_uses_every_finding_and_raises_free_air_highest()
    {
        Policy.Approved.Select(finding => finding.Key).ShouldBe(DrawnLabels.Findings.Select(label => label.Key));
        Policy.PackageId.ShouldBe(phantoms.Package.Id);
        Policy.Approved.Where(finding => finding.Level == FlagLevel.High).Select(finding => finding.Key).ShouldBe(["FREE_AIR"]);
    }
}
