using System.Diagnostics;
using System.Diagnostics.Metrics;

namespace TriageWorker.Store;

/// <summary>What this room tells about itself, and what all rooms call the same. No identifiers of patients or studies.</summary>
public static class StoreTelemetry
{
    public const string Name = "TriageWorker.Store";

    /// <summary>The tag of a span that says whose it is: <see cref="UidHash.Of"/> of the Study Instance UID.</summary>
    public const string StudyTag = "triage.study.hash";

    /// <summary>Every source and meter of the product.</summary>
    public const string Everything = "TriageWorker.*";

    private static readonly Meter s_meter = new(Name);

    /// <summary>Buckets for what takes milliseconds to a minute, in seconds.</summary>
    public static InstrumentAdvice<double> Short { get; } =
        new() { HistogramBucketBoundaries = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60] };

    private static InstrumentAdvice<double> Long { get; } =
        new() { HistogramBucketBoundaries = [0.5, 1, 2, 5, 10, 20, 30, 60, 120, 300, 600, 1800, 3600, 14400, 86400] };

    private static Histogram<double> Decisions { get; } = s_meter.CreateHistogram("triage.study.decision.duration", "s",
        "From the row of a study's last image to its decision.", tags: null, Long);

    private static Histogram<double> Deliveries { get; } = s_meter.CreateHistogram("triage.study.delivery.duration", "s",
        "From the row of a study's last image to a document at its destination.", tags: null, Long);

    /// <summary>What the work at hand is part of, for the rows it pushes (W3C traceparent); null when nobody traces.</summary>
    /// <remarks>Only spans of ours: a web request has a trace of its own, to which no study belongs.</remarks>
    internal static string? TraceParent =>
        Activity.Current is { IdFormat: ActivityIdFormat.W3C } current && current.Source.Name.StartsWith(nameof(TriageWorker), StringComparison.Ordinal) ? current.Id : null;

    internal static void Decided(string outcome, TimeSpan sinceLastImage) =>
        Decisions.Record(sinceLastImage.TotalSeconds, new KeyValuePair<string, object?>("outcome", outcome));

    internal static void Delivered(string destination, TimeSpan sinceLastImage) =>
        Deliveries.Record(sinceLastImage.TotalSeconds, new KeyValuePair<string, object?>("destination", destination));
}
