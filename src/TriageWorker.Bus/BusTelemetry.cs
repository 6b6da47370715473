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

    private static Histogram<double> Attempts { get; } = s_meter.CreateHistogram("triage.work.attempt.duration", "s", "Time of one attempt, by stage and how it ended.", tags: null, StoreTelemetry.Short);

    /// <summary>A span of one attempt, in the trace of whoever pushed the work; null when nobody traces.</summary>
    internal static Activity? Attempt(LeasedWork work, UidHash uids)
    {
        _ = ActivityContext.TryParse(work.TraceParent, traceState: null, isRemote: true, out var pusher);
        var span = Activities.StartActivity("work." + work.Stage.Column(), ActivityKind.Consumer, pusher);
        if (span is { IsAllDataRequested: true }) span.SetTag(StoreTelemetry.StudyTag, uids.Of(work.Study.Value)).SetTag("triage.work.attempt", work.Attempt);
        return span;
    }

    /// <summary>Leaves the span at hand out: it would say that there was nothing to do yet, every few seconds.</summary>
    internal static void LeaveOut()
    {
        if (Activity.Current is { } span && span.Source == Activities) span.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
    }

    /// <summary>How an attempt ended. Of an exception only its kind: messages hold UIDs and paths.</summary>
    internal static void Ended(this Activity? span, string how, Exception? error)
    {
        span?.SetTag("triage.work.ended", how);
        if (error is not null) span?.SetStatus(ActivityStatusCode.Error, error.GetType().Name);
    }

    internal static void Attempted(Stage stage, string ended, TimeSpan took) =>
        Attempts.Record(took.TotalSeconds, new("stage", stage.Column()), new KeyValuePair<string, object?>("ended", ended));
}
