namespace TriageWorker.Store;

/// <summary>What became of an alarm that people are told of.</summary>
public enum AlarmEventKind
{
    Raised,

    /// <summary>It was a warning and is critical now.</summary>
    Escalated,

    /// <summary>It still lasts.</summary>
    Reminder,

    Cleared,
}

/// <summary>What the making of notices has to know of a channel.</summary>
/// <param name="Minimum">It is told of alarms of this severity and above.</param>
public sealed record ChannelTerms(string Name, AlarmSeverity Minimum);

/// <summary>A notice that this process sends until its lease ends.</summary>
/// <param name="Id">The message id: the same however often it is sent.</param>
/// <param name="Content">What was fixed with an earlier attempt; null before the first.</param>
/// <param name="Alarm">As the alarm was when the event was made.</param>
/// <param name="RaisedInLastHour">How often an alarm of this kind and subject was raised within the hour before now.</param>
public sealed record LeasedNotice(
    Guid Id, long Fence, int Attempt, string? Content, AlarmEventKind What, DateTimeOffset At, long AlarmId, Alarm Alarm, DateTimeOffset RaisedAt, int Times,
    string? ClearedBecause, int RaisedInLastHour, DateTimeOffset CreatedAt);

/// <summary>A notice as it is shown: what was told whom, and what came of it.</summary>
/// <param name="State">due, sent, withheld or failed.</param>
/// <param name="Because">What the receiver answered last, or why it was withheld.</param>
/// <param name="At">When it was settled; of one that is due, when it is next tried.</param>
public sealed record NoticeRow(long AlarmId, Guid Id, AlarmEventKind What, string Channel, string State, int Attempts, string? Because, DateTimeOffset At);
