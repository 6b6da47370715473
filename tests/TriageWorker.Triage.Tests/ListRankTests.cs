using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class ListRankTests
{
    private static readonly DateTimeOffset Noon = new(2026, 1, 2, 12, 0, 0, TimeSpan.Zero);
    private static readonly RankCredits Credits = new();

    [Fact]
    public void A_stat_order_stands_above_every_flag() =>
        Rank(Noon, OrderClass.Stat, FlagLevel.None).ShouldBeLessThan(Rank(Noon.AddHours(-7), OrderClass.Routine, FlagLevel.High));

    [Fact]
    public void Among_stat_orders_only_arrival_counts() =>
        Rank(Noon, OrderClass.Stat, FlagLevel.None).ShouldBeLessThan(Rank(Noon.AddMinutes(1), OrderClass.Stat, FlagLevel.High));

    [Theory]
    [InlineData(OrderClass.Routine, FlagLevel.High, 8)]
    [InlineData(OrderClass.Routine, FlagLevel.Medium, 1)]
    [InlineData(OrderClass.Urgent, FlagLevel.None, 4)]
    [InlineData(OrderClass.Urgent, FlagLevel.High, 12)]
    public void Nobody_is_overtaken_by_a_study_that_came_later_by_more_than_the_credit(OrderClass order, FlagLevel level, int hours)
    {
        var waiting = Rank(Noon, OrderClass.Routine, FlagLevel.None);
        Rank(Noon.AddHours(hours).AddSeconds(-1), order, level).ShouldBeLessThan(waiting);
        Rank(Noon.AddHours(hours).AddSeconds(1), order, level).ShouldBeGreaterThan(waiting);
    }

    [Fact]
    public void The_base_key_is_where_the_study_would_stand_without_its_flag()
    {
        var rank = Rank(Noon, OrderClass.Urgent, FlagLevel.High);
        rank.BaseKey.ShouldBe(Noon.AddHours(-4));
        rank.Key.ShouldBe(Noon.AddHours(-12));
    }

    private static ListRank Rank(DateTimeOffset arrival, OrderClass order, FlagLevel level) => ListRank.Of(arrival, order, level, Credits);
}
