namespace TriageWorker.Store;

public enum AlarmSeverity
{
    /// <summary>Somebody should look today.</summary>
    Warning,

    /// <summary>Studies wait or promises are at risk: somebody should look now.</summary>
    Critical,
}

/// <summary>Something that needs an administrator.</summary>
/// <param name="Kind">As <c>area.trouble</c> in small letters: <c>destination.down</c>, <c>audit.horizon</c>.</param>
/// <param name="Subject">What it is about within its kind (a destination, a process, a volume); empty when there is only one. Never a patient.</param>
/// <param name="Sentence">What is wrong, and what to do about it. No names, birth dates or pixel values.</param>
public sealed record Alarm(string Kind, string Subject, AlarmSeverity Severity, string Sentence);

/// <summary>An alarm as it is kept.</summary>
/// <param name="Times">How often the trouble was told while the row was open.</param>
/// <param name="ClearedAt">Null while it lasts.</param>
public sealed record AlarmRow(
    long Id, Alarm Alarm, DateTimeOffset RaisedAt, DateTimeOffset LastSeenAt, int Times, DateTimeOffset? ClearedAt, string? ClearedBecause);
