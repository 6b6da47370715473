using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>
/// How much earlier than it is due work counts, by order class. A fixed time, so work of a lower class ages and is done
/// too, however many urgent studies keep coming.
/// </summary>
public sealed record WorkCredits
{
    public TimeSpan Stat { get; init; } = TimeSpan.FromHours(24);

    public TimeSpan Urgent { get; init; } = TimeSpan.FromHours(4);

    public TimeSpan Of(OrderClass order) => order switch
    {
        OrderClass.Stat => Stat,
        OrderClass.Urgent => Urgent,
        _ => TimeSpan.Zero,
    };
}
