using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TriageWorker.Models.Sessions;

/// <summary>What this room tells about itself. No identifiers of patients or studies.</summary>
public static class ModelsTelemetry
{
    public const string Name = "TriageWorker.Models";

    public static ActivitySource Activities { get; } = new(Name);

    private static readonly Meter s_meter = new(Name);

    internal static Histogram<double> Scoring { get; } = s_meter.CreateHistogram<double>("triage.model.scoring", "s", "Time of one score, from tensor to numbers.");
}
