using TriageWorker.Models.Prompts;

namespace TriageWorker.Models.Tests.Prompts;

public sealed class ScoreDistributionTests
{
    [Theory, InlineData(1), InlineData(2), InlineData(99), InlineData(20_000)]
    public void Quantiles_are_those_of_the_sorted_scores_to_half_a_step(int count)
    {
        var random = new Random(count);
        var scores = Enumerable.Range(0, count).Select(_ => Math.Clamp((random.NextDouble() - random.NextDouble()) * 2, -2, 2)).ToList();
        var distribution = new ScoreDistribution();
        foreach (var score in scores) distribution.Add(score);
        scores.Sort();
        foreach (var share in (double[])[0, 0.01, 0.05, 0.25, 0.5, 0.75, 0.95, 0.99, 1])
            distribution.Quantile(share).ShouldBe(scores[Math.Max(0, (int)Math.Ceiling(share * count) - 1)], 0.51e-4, $"{share}");
        (distribution.Least, distribution.Most, distribution.Count).ShouldBe((scores[0], scores[^1], count));
    }

    [Fact]
    public void There_is_no_quantile_of_nothing() => Should.Throw<InvalidOperationException>(() => new ScoreDistribution().Quantile(0.5));
}
