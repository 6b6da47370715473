using System.Diagnostics;
using System.Diagnostics.Metrics;
using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>What this room tells about itself. No identifiers of patients or studies.</summary>
public static class ScoringTelemetry
{
    public const string Name = "TriageWorker.Scoring";

    private static readonly Meter s_meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    internal static Histogram<double> Steps { get; } = s_meter.CreateHistogram("triage.scoring.step.duration", "s", "Time of one step of scoring a study: headers, tensor, model.", tags: null, StoreTelemetry.Short);

    internal static Counter<long> Fetched { get; } = s_meter.CreateCounter<long>("triage.scoring.fetched", "{image}", "Images that were read from the node that holds them.");

    internal static Counter<long> Outcomes { get; } = s_meter.CreateCounter<long>("triage.scoring.outcomes", "{study}", "Studies by how they ended.");

    internal static Counter<long> Slices { get; } = s_meter.CreateCounter<long>("triage.scoring.slices", "{slice}", "Slices read into tensors: rises while one is made.");
}
