using System.Diagnostics.Metrics;

namespace TriageWorker.Store;

/// <summary>What is told of alarms as figures: how many came and went in this process, and how telling people of them ended.</summary>
public static class AlarmTelemetry
{
    public const string Name = "TriageWorker.Alarms";

    private static readonly Meter s_meter = new(Name);
    private static readonly Counter<long> s_raised = s_meter.CreateCounter<long>("triage.alarm.raised", "{alarm}", "Alarms that this process raised, by kind and severity.");
    private static readonly Counter<long> s_cleared = s_meter.CreateCounter<long>("triage.alarm.cleared", "{alarm}", "Alarms that this process saw end, by kind and severity.");

    /// <summary>Attempts to tell somebody, by channel and how they ended: sent, later (tried again), failed.</summary>
    public static Counter<long> Notices { get; } = s_meter.CreateCounter<long>("triage.alarm.notices", "{notice}", "Attempts to tell somebody of an alarm, by channel and how they ended.");

    /// <summary>From 0 on, so that the first one already is a rise.</summary>
    internal static void Watches(string kind)
    {
        foreach (var severity in Enum.GetValues<AlarmSeverity>())
        {
            s_raised.Add(0, Tags(kind, severity));
            s_cleared.Add(0, Tags(kind, severity));
        }
    }

    internal static void Raised(string kind, AlarmSeverity severity) => s_raised.Add(1, Tags(kind, severity));

    internal static void Cleared(string kind, AlarmSeverity severity) => s_cleared.Add(1, Tags(kind, severity));

    private static KeyValuePair<string, object?>[] Tags(string kind, AlarmSeverity severity) => [new("kind", kind), new("severity", AlarmRows.Column(severity))];
}
