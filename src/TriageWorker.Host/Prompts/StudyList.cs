using TriageWorker.Models.Prompts;
using TriageWorker.Triage;

namespace TriageWorker.Host.Prompts;

/// <summary>A study and what a trial said of it.</summary>
internal readonly record struct TriedStudy(StudyUid Study, TrialScore Said);

/// <summary>The few studies that matter most of any number, by a weight.</summary>
internal sealed class StudyList(int most)
{
    private readonly PriorityQueue<TriedStudy, double> _lightestFirst = new();

    public void Add(TriedStudy study, double weight)
    {
        if (_lightestFirst.Count < most) _lightestFirst.Enqueue(study, weight);
        else if (most > 0) _lightestFirst.EnqueueDequeue(study, weight);
    }

    /// <summary>Heaviest first.</summary>
    public IReadOnlyList<TriedStudy> Studies => [.. _lightestFirst.UnorderedItems.OrderByDescending(item => item.Priority).ThenBy(item => item.Element.Study.Value, StringComparer.Ordinal).Select(item => item.Element)];
}
