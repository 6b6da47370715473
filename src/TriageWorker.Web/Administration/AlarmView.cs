using TriageWorker.Store;

namespace TriageWorker.Web;

/// <summary>What needs an administrator and what did, as <c>/admin/alarms</c> shows it and <c>/api/alarms</c> says it.</summary>
/// <param name="Open">Critical ones first, each the oldest first.</param>
/// <param name="Over">The newest first, at most <see cref="AlarmReader.MostOver"/>.</param>
public sealed record AlarmsView(IReadOnlyList<AlarmView> Open, IReadOnlyList<AlarmView> Over)
{
    public int Critical => Open.Count(alarm => alarm.Severity == AlarmSeverity.Critical);
}

/// <summary>One alarm and what was told of it.</summary>
public sealed record AlarmView(long Id, string Kind, string Subject, AlarmSeverity Severity, string Sentence, DateTimeOffset RaisedAt, DateTimeOffset LastSeenAt, int Times,
    DateTimeOffset? ClearedAt, string? ClearedBecause, IReadOnlyList<NoticeView> Notices);

/// <param name="What">raised, escalated, reminder or cleared.</param>
/// <param name="State">due, sent, withheld or failed.</param>
/// <param name="Because">What the receiver answered, or why it was withheld.</param>
/// <param name="At">When it was settled; of one that is due, when it is next tried.</param>
public sealed record NoticeView(string What, string Channel, string State, int Attempts, string? Because, DateTimeOffset At)
{
    internal bool IsTrouble => State == "failed" || (State == "due" && Because is not null);
}
