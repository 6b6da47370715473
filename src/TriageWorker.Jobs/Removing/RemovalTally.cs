using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Jobs;

/// <summary>What one run has removed, and what it had to leave.</summary>
internal sealed class RemovalTally
{
    private readonly Dictionary<StudyUid, string> _held = []; // both rules may meet the same study
    private int _studies, _series, _images;
    private long _bytes;

    public string WhyHeld => _held.Count == 0 ? "there is no other" : string.Join("; ", Reasons().Select(pair => $"{pair.Value} because {pair.Key}"));

    public void Stays(StudyUid study, string because) => _held[study] = because;

    public void Went(IReadOnlyList<RemovedSeries> series)
    {
        if (series.Count == 0) return;
        _studies++;
        _series += series.Count;
        _images += series.Sum(each => each.Images);
        _bytes += series.Sum(each => each.Bytes);
    }

    public RetentionRun Run(DateTimeOffset at, string rule, long free) => new(at, rule, _studies, _series, _images, _bytes, free, Reasons());

    private Dictionary<string, int> Reasons() => _held.Values.GroupBy(held => held, StringComparer.Ordinal).ToDictionary(group => group.Key, group => group.Count(), StringComparer.Ordinal);
}
