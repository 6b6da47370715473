using System.Collections.Concurrent;
using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TriageWorker.Models.Sessions;

/// <summary>What this room tells about itself. No identifiers of patients or studies.</summary>
public static class ModelsTelemetry
{
    public const string Name = "TriageWorker.Models";

    private static readonly Meter s_meter = new(Name);

    private static readonly ConcurrentDictionary<(string Package, ExecutionProvider Provider), bool> s_loaded = new();

    internal static ObservableGauge<int> FallBack { get; } = s_meter.CreateObservableGauge("triage.model.fallback",
        () => s_loaded.Select(model => new Measurement<int>(model.Value ? 1 : 0, new("package", model.Key.Package), new("provider", model.Key.Provider.ToString()))),
        unit: null, "1 where a package runs on a slower provider because a faster one that is built in does not work here, else 0.");

    public static ActivitySource Activities { get; } = new(Name);

    internal static void Loaded(string package, ExecutionProvider provider, bool fellBack) => s_loaded[(package, provider)] = fellBack;

    internal static Histogram<double> Scoring { get; } = s_meter.CreateHistogram("triage.model.score.duration", "s", "Time of one score, from tensor to numbers.", tags: null,
        new InstrumentAdvice<double> { HistogramBucketBoundaries = [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 20, 30, 60, 120] });
}
