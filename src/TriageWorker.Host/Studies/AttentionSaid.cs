using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Studies;

/// <summary>The slice that the score of a flagged finding comes from most.</summary>
public sealed record AttentionSaid(string Key, string Label, ModelAttention Attention)
{
    /// <summary>Of the newest decision: only findings that are approved are flagged, so nothing is told here that is not told elsewhere.</summary>
    internal static IReadOnlyList<AttentionSaid> Of(StudyPage page)
    {
        if (page.Decisions is not [.., { Generation: { } generation } decision]) return [];
        var findings = page.Results.FirstOrDefault(result => result.Generation == generation)?.Scores.Findings ?? [];
        var said = from flag in decision.Flags
                   join finding in findings on flag.Key equals finding.Key
                   select finding.Attention is { } attention ? new AttentionSaid(finding.Key, finding.Label, attention) : null;
        return [.. said.OfType<AttentionSaid>()];
    }
}
