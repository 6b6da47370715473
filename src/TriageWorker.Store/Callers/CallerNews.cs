namespace TriageWorker.Store;

/// <summary>How the time of sending went, summed over objects.</summary>
/// <param name="Starting">From an object's command to its first byte.</param>
/// <param name="Receiving">From there to its last byte.</param>
/// <param name="Keeping">From there until it was safe: ours.</param>
/// <param name="Waiting">From our answer to the next command, pauses left out: the sender's.</param>
/// <param name="Waits">How many of those there were.</param>
/// <param name="LateWaits">Of waits and starts, those that took as long as a delayed acknowledgement of TCP does.</param>
public readonly record struct LinkTimes(TimeSpan Starting, TimeSpan Receiving, TimeSpan Keeping, TimeSpan Waiting, int Waits, int LateWaits)
{
    public TimeSpan Sum => Starting + Receiving + Keeping + Waiting;

    public static LinkTimes operator +(LinkTimes one, LinkTimes other) => new(one.Starting + other.Starting, one.Receiving + other.Receiving,
        one.Keeping + other.Keeping, one.Waiting + other.Waiting, one.Waits + other.Waits, one.LateWaits + other.LateWaits);

    public static LinkTimes Add(LinkTimes left, LinkTimes right) => left + right;
}

/// <summary>What a caller sent within some time.</summary>
/// <param name="Aborted">Associations that ended otherwise than by a release.</param>
/// <param name="Studies">Studies that images came of; one over midnight counts in both hours.</param>
public readonly record struct CallerVolume(int Associations, int Aborted, int Studies, int Objects, int Refused, long Bytes, LinkTimes Times)
{
    public static CallerVolume operator +(CallerVolume one, CallerVolume other) => new(one.Associations + other.Associations, one.Aborted + other.Aborted,
        one.Studies + other.Studies, one.Objects + other.Objects, one.Refused + other.Refused, one.Bytes + other.Bytes, one.Times + other.Times);

    public static CallerVolume Add(CallerVolume left, CallerVolume right) => left + right;
}

/// <summary>Who a caller is, as it called last.</summary>
/// <param name="PduTaken">The longest P-DATA-TF that it takes, in bytes; 0 is any.</param>
/// <param name="PduSent">The longest that it has sent; 0: not known yet.</param>
public sealed record CallerIdentity(string Title, string? Name, string Address, string Implementation, bool IsSecured, uint PduTaken, uint PduSent);

/// <summary>What a listener has seen of a caller since it last said so. Times are the listener's, brought to the database's by <c>SeenAt</c>.</summary>
/// <param name="At">When the newest of it was.</param>
/// <param name="Syntaxes">Objects by transfer syntax.</param>
public sealed record CallerNews(CallerIdentity Who, DateTimeOffset At, CallerVolume Volume, DateTimeOffset? LastObjectAt, DateTimeOffset? AbortedAt, string? AbortedBecause,
    IReadOnlyDictionary<string, int> Syntaxes)
{
    /// <summary>Why the last object that was refused was; null: none was.</summary>
    public string? RefusedBecause { get; init; }
}
