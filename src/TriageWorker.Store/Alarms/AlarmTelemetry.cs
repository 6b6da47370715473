using System.Diagnostics.Metrics;

namespace TriageWorker.Store;

/// <summary>What is told of alarms as figures: how many came and went in this process, and how many are open in the database.</summary>
public static class AlarmTelemetry
{
    public const string Name = "TriageWorker.Alarms";

    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_raised = s_meter.CreateCounter<long>("triage.alarms.raised", "{alarm}", "Alarms that this process raised.");
    private static readonly Counter<long> s_cleared = s_meter.CreateCounter<long>("triage.alarms.cleared", "{alarm}", "Alarms that this process saw end.");
    private static volatile IReadOnlyList<OpenAlarmCount> s_open = [];

    static AlarmTelemetry() =>
        s_meter.CreateObservableGauge("triage.alarms.open", Measure, "{alarm}", "Alarms that last, as the database last said. The same in every process that tells it.");

    /// <summary>Notices by channel and how they ended: sent, later (tried again), failed.</summary>
    public static Counter<long> Notices { get; } = s_meter.CreateCounter<long>("triage.alarms.notices", "{notice}", "Attempts to tell somebody of an alarm, by channel and how they ended.");

    /// <summary>Keeps what the gauge tells until the next call. A kind that was open before is told as none.</summary>
    public static void Keep(IReadOnlyList<OpenAlarmCount> open) =>
        s_open = [.. open, .. s_open.Where(before => !open.Any(now => now.Kind == before.Kind && now.Severity == before.Severity)).Select(before => before with { Alarms = 0 })];

    internal static void Raised(string kind, AlarmSeverity severity) => s_raised.Add(1, Tags(kind, severity));

    internal static void Cleared(string kind, AlarmSeverity severity) => s_cleared.Add(1, Tags(kind, severity));

    private static IEnumerable<Measurement<long>> Measure() => s_open.Select(open => new Measurement<long>(open.Alarms, Tags(open.Kind, open.Severity)));

    private static KeyValuePair<string, object?>[] Tags(string kind, AlarmSeverity severity) => [new("kind", kind), new("severity", AlarmRows.Column(severity))];
}

/// <summary>How many alarms of one kind and severity last.</summary>
public sealed record OpenAlarmCount(string Kind, AlarmSeverity Severity, long Alarms);
