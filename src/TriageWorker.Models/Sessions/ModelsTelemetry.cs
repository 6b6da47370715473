using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TriageWorker.Models.Sessions;

/// <summary>What this room tells about itself. No identifiers of patients or studies.</summary>
public static class ModelsTelemetry
{
    public const string Name = "TriageWorker.Models";

    private static readonly Meter s_meter = new(Name);

    public static ActivitySource Activities { get; } = new(Name);

    internal static Histogram<double> Scoring { get; } = s_meter.CreateHistogram("triage.model.score.duration", "s", "Time of one score, from tensor to numbers.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120] });
}
