namespace TriageWorker.Triage;

/// <summary>How much earlier than it arrived a study counts, by order class and by flag. Set per site.</summary>
public sealed record RankCredits
{
    public TimeSpan Urgent { get; init; } = TimeSpan.FromHours(4);

    public TimeSpan High { get; init; } = TimeSpan.FromHours(8);

    public TimeSpan Medium { get; init; } = TimeSpan.FromHours(1);

    public TimeSpan Of(OrderClass order) => order == OrderClass.Urgent ? Urgent : TimeSpan.Zero;

    public TimeSpan Of(FlagLevel level) => level switch
    {
        FlagLevel.High => High,
        FlagLevel.Medium => Medium,
        _ => TimeSpan.Zero,
    };
}

/// <summary>
/// Where a study stands on the list: stat orders first, below them the earliest key. Because a credit is a fixed time,
/// no study is overtaken by one that arrived later by more than the difference of their credits. Among stat orders
/// only arrival counts.
/// </summary>
/// <param name="BaseKey">Arrival less the order's credit: where the study would stand without any flag.</param>
/// <param name="Key">Where it stands.</param>
public readonly record struct ListRank(bool Stat, DateTimeOffset BaseKey, DateTimeOffset Key) : IComparable<ListRank>
{
    public static ListRank Of(DateTimeOffset arrival, OrderClass order, FlagLevel level, RankCredits credits)
    {
        if (order == OrderClass.Stat) return new(true, arrival, arrival);
        var baseKey = arrival - credits.Of(order);
        return new(false, baseKey, baseKey - credits.Of(level));
    }

    public int CompareTo(ListRank other) => Stat != other.Stat ? (Stat ? -1 : 1) : Key.CompareTo(other.Key);

    public static bool operator <(ListRank left, ListRank right) => left.CompareTo(right) < 0;

    public static bool operator >(ListRank left, ListRank right) => left.CompareTo(right) > 0;

    public static bool operator <=(ListRank left, ListRank right) => left.CompareTo(right) <= 0;

    public static bool operator >=(ListRank left, ListRank right) => left.CompareTo(right) >= 0;
}
