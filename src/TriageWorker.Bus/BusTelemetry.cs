using System.Diagnostics;
using System.Diagnostics.Metrics;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>What this room tells about itself. No identifiers of patients or studies.</summary>
public static class BusTelemetry
{
    public const string Name = "TriageWorker.Bus";

    private static readonly Meter s_meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    internal static Counter<long> Tokens { get; } = s_meter.CreateCounter<long>("triage.outbox.tokens", "{token}", "Wake-up tokens that the broker confirmed.");

    internal static Counter<long> Expired { get; } = s_meter.CreateCounter<long>("triage.work.expired", "{lease}", "Leases that ran out because a process ended or fell silent.");

    private static Histogram<double> Attempts { get; } = s_meter.CreateHistogram<double>("triage.work.attempt", "s", "Time of one attempt, by stage and how it ended.");

    internal static void Attempted(Stage stage, string ended, TimeSpan took) =>
        Attempts.Record(took.TotalSeconds, new("stage", stage.Column()), new KeyValuePair<string, object?>("ended", ended));
}
