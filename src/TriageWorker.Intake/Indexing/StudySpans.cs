using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>
/// The traces of studies as they come in: a pair of spans for each study of an association, however many images and
/// commits there are, and nothing at all while nobody traces. Used by one thread at a time.
/// </summary>
internal sealed class StudySpans(UidHash uids, TimeProvider clock)
{
    // A migration pushes thousands of studies over one association; then they end early and go on as further spans.
    private const int MostOpen = 256;
    private readonly Dictionary<(Guid? Association, StudyUid Study), StudySpan> _open = [];

    /// <summary>The batch, with a trace for every study that may have none yet.</summary>
    public IndexBatch Begin(IndexBatch batch)
    {
        if (!IntakeTelemetry.Activities.HasListeners()) return batch;
        if (_open.Count > MostOpen) EndAll();
        var now = clock.GetUtcNow();
        foreach (var group in batch.Instances.GroupBy(KeyOf).Where(group => !_open.ContainsKey(group.Key)))
        {
            if (StudySpan.TryBegin(uids.Of(group.Key.Study.Value), group.Min(instance => instance.ReceivedAt), now) is { } span) _open[group.Key] = span;
        }

        return batch with { Instances = [.. batch.Instances.Select(Traced)] };
    }

    /// <param name="traces">Which trace each study really has.</param>
    /// <param name="isOpen">Associations that may bring more.</param>
    public void Committed(IndexBatch batch, IReadOnlyDictionary<StudyUid, string> traces, Func<Guid?, bool> isOpen)
    {
        if (_open.Count == 0) return;
        var now = clock.GetUtcNow();
        foreach (var group in batch.Instances.GroupBy(KeyOf))
        {
            if (_open.TryGetValue(group.Key, out var span) && traces.TryGetValue(group.Key.Study, out var trace))
                span.Committed(trace, group.Count(), group.Max(instance => instance.ReceivedAt), now);
        }

        foreach (var key in _open.Keys.Where(key => !isOpen(key.Association)).ToList())
            if (_open.Remove(key, out var ended)) ended.End();
    }

    public void EndAll()
    {
        foreach (var span in _open.Values) span.End();
        _open.Clear();
    }

    private InstanceArrival Traced(InstanceArrival instance) =>
        _open.TryGetValue(KeyOf(instance), out var span) ? instance with { Study = instance.Study with { TraceParent = span.TraceParent } } : instance;

    private static (Guid? Association, StudyUid Study) KeyOf(InstanceArrival instance) => (instance.AssociationId, instance.Study.Uid);
}
