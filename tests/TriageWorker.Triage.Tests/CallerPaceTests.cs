using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class CallerPaceTests
{
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(5), Longest = TimeSpan.FromMinutes(2);

    [Theory, InlineData(1), InlineData(2), InlineData(3)]
    public void The_quantile_of_many_pauses_is_near_the_true_one(int seed)
    {
        var dice = new Random(seed);
        var pauses = Enumerable.Range(0, 200).Select(_ => Math.Pow(dice.NextDouble(), 2) * 30).ToArray(); // many short ones, few long ones
        var learned = pauses.Aggregate(PauseQuantile.Empty, (quantile, pause) => quantile.With(pause));
        // One study in twenty, give or take: that is what it is for.
        (pauses.Count(pause => pause > learned.Value) / (double)pauses.Length).ShouldBeInRange(0.02, 0.09);
        learned.Heights.ShouldBe(learned.Heights.Order());
        learned.Positions.ShouldBe(learned.Positions.Order());
    }

    [Fact]
    public void Before_twenty_studies_the_longest_pause_seen_counts()
    {
        var learned = new double[] { 0, 0, 31, 0, 0, 0, 1, 0 }.Aggregate(PauseQuantile.Empty, (quantile, pause) => quantile.With(pause));
        learned.Value.ShouldBe(31);
        new CallerPace(learned).Usual.ShouldBe(TimeSpan.FromSeconds(31));
    }

    [Fact]
    public void A_caller_that_changes_its_ways_is_learned_anew()
    {
        var learned = Enumerable.Repeat(60.0, 200).Aggregate(PauseQuantile.Empty, (quantile, pause) => quantile.With(pause));
        learned.Value.ShouldBe(60);
        var studies = 0;
        while (learned.Value > 5 && ++studies < 10_000) learned = learned.With(1);
        studies.ShouldBeLessThan(6000);
        learned.Positions[^1].ShouldBeLessThanOrEqualTo(256);
    }

    [Fact]
    public void The_same_pause_again_and_again_is_that_pause() =>
        Enumerable.Repeat(7.5, 1000).Aggregate(PauseQuantile.Empty, (quantile, pause) => quantile.With(pause)).Value.ShouldBe(7.5);

    [Fact]
    public void Until_enough_was_seen_the_sites_word_and_the_studys_own_pauses_count()
    {
        var few = Enumerable.Repeat(60.0, CallerPace.LeastStudies - 1).Aggregate(PauseQuantile.Empty, (quantile, pause) => quantile.With(pause));
        var pace = new CallerPace(few);
        pace.Usual.ShouldBeNull();
        pace.IdleOf(Idle, TimeSpan.Zero, Longest).ShouldBe(Idle);
        pace.IdleOf(Idle, TimeSpan.FromSeconds(20), Longest).ShouldBe(TimeSpan.FromSeconds(30));
        pace.PauseOf(TimeSpan.Zero, Idle).ShouldBe(CallerPace.LeastPause);
        pace.PauseOf(TimeSpan.FromSeconds(2), Idle).ShouldBe(TimeSpan.FromSeconds(3));
    }

    [Fact]
    public void What_is_learned_never_shortens_the_sites_word_and_never_passes_the_ceiling()
    {
        CallerPace Of(double pause) => new(Enumerable.Repeat(pause, 10).Aggregate(PauseQuantile.Empty, (quantile, each) => quantile.With(each)));
        Of(0.1).IdleOf(Idle, TimeSpan.Zero, Longest).ShouldBe(Idle);
        Of(10).IdleOf(Idle, TimeSpan.Zero, Longest).ShouldBe(TimeSpan.FromSeconds(15));
        Of(600).IdleOf(Idle, TimeSpan.Zero, Longest).ShouldBe(Longest);
        Of(10).PauseOf(TimeSpan.Zero, TimeSpan.FromSeconds(15)).ShouldBe(TimeSpan.FromSeconds(15));
        Of(0.1).PauseOf(TimeSpan.Zero, Idle).ShouldBe(TimeSpan.FromSeconds(2));
    }
}
