using TriageWorker.Host.Training;

namespace TriageWorker.Host.Tests.Training;

public sealed class AurocTests
{
    [Fact]
    public void Scores_that_part_the_two_sides_give_one() => Auroc.Of([(0.1, false), (0.2, false), (0.3, true)]).ShouldBe(1);

    [Fact]
    public void Scores_that_turn_the_two_sides_round_give_zero() => Auroc.Of([(0.9, false), (0.2, true)]).ShouldBe(0);

    [Fact]
    public void Equal_scores_are_half_a_success() => Auroc.Of([(0.5, false), (0.5, true), (0.5, true)]).ShouldBe(0.5);

    [Fact]
    public void One_pair_of_four_in_the_wrong_order_is_three_quarters() =>
        Auroc.Of([(0.1, false), (0.3, false), (0.2, true), (0.4, true)]).ShouldBe(0.75);

    [Fact]
    public void Without_positives_there_is_no_figure() => Auroc.Of([(0.5, false)]).ShouldBe(double.NaN);
}
