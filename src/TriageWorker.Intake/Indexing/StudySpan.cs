using System.Diagnostics;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What one association brought of one study, as two spans: receiving it, and inside that giving it its rows.</summary>
internal sealed class StudySpan
{
    private readonly string _study;
    private readonly DateTimeOffset _first, _beganAt;
    private Activity _receiving;
    private DateTimeOffset _last, _committedAt;
    private int _images, _commits;

    private StudySpan(string study, Activity receiving, DateTimeOffset first, DateTimeOffset beganAt) =>
        (_study, _receiving, _first, _last, _beganAt, _committedAt) = (study, receiving, first, first, beganAt, beganAt);

    /// <param name="study">Its hash.</param>
    /// <param name="first">When the first image was received.</param>
    /// <param name="beganAt">When the first commit began.</param>
    /// <returns>Null when nobody traces.</returns>
    public static StudySpan? TryBegin(string study, DateTimeOffset first, DateTimeOffset beganAt) =>
        Begin("intake.receive", parent: null, first) is { } receiving ? new StudySpan(study, receiving, first, beganAt) : null;

    public string TraceParent => _receiving.Id!;

    /// <summary>Rows are committed. A study that is older than this association has a trace already, which this becomes a part of.</summary>
    public void Committed(string trace, int images, DateTimeOffset last, DateTimeOffset at)
    {
        if (_commits == 0 && TraceOf(trace) != _receiving.TraceId) Join(trace);
        (_images, _commits, _committedAt) = (_images + images, _commits + 1, at);
        if (last > _last) _last = last;
    }

    public void End()
    {
        if (_commits == 0)
        {
            LeaveOut();
            return;
        }

        using (var indexing = Begin("intake.index", TraceParent, _beganAt))
        {
            indexing?.SetTag(StoreTelemetry.StudyTag, _study).SetTag("triage.images", _images).SetTag("triage.commits", _commits).SetEndTime(_committedAt.UtcDateTime);
        }

        _receiving.SetTag(StoreTelemetry.StudyTag, _study).SetTag("triage.images", _images).SetEndTime(_last.UtcDateTime);
        _receiving.Dispose();
    }

    private void Join(string trace)
    {
        if (Begin("intake.receive", trace, _first) is not { } joined) return;
        LeaveOut();
        _receiving = joined;
    }

    // It was begun for a study that had no trace, as far as this process knew.
    private void LeaveOut()
    {
        _receiving.ActivityTraceFlags &= ~ActivityTraceFlags.Recorded;
        _receiving.Dispose();
    }

    // Spans stay open over many batches and are nobody's surroundings.
    private static Activity? Begin(string name, string? parent, DateTimeOffset at)
    {
        _ = ActivityContext.TryParse(parent, traceState: null, isRemote: true, out var context);
        Activity.Current = null;
        var span = IntakeTelemetry.Activities.StartActivity(name, ActivityKind.Server, context, startTime: at);
        Activity.Current = null;
        return span;
    }

    private static ActivityTraceId TraceOf(string trace) => ActivityContext.TryParse(trace, traceState: null, out var context) ? context.TraceId : default;
}
