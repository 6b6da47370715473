using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Models.Tests.Scoring;

public sealed class ZeroShotTests
{
    private static readonly ScoreLabel s_label = new("KEY", "Label", new LabelCode("KEY", "99TRIAGE", "Meaning"));

    [Fact]
    public void An_image_that_is_all_for_and_nothing_against_a_finding_scores_two() =>
        ZeroShot.Score(new FindingLabel(s_label, new float[] { 2, 0 }), [1, 0]).Score.ShouldBe(2);

    [Fact]
    public void The_length_of_the_image_vector_does_not_matter()
    {
        var finding = new FindingLabel(s_label, new float[] { 0.3f, -0.9f, 0.1f });
        var one = ZeroShot.Score(finding, ZeroShot.Unit([1, 2, 3])).Score;
        ZeroShot.Score(finding, ZeroShot.Unit([100, 200, 300])).Score.ShouldBe(one, 1e-6);
    }

    [Theory, InlineData(0, 0.5), InlineData(40, 1), InlineData(-800, 0)]
    public void A_logit_of_any_size_is_a_number_between_zero_and_one(double logit, double expected) =>
        ZeroShot.Sigmoid(logit).ShouldBe(expected, 1e-12);
}
