using System.Collections.Frozen;

namespace TriageWorker.Triage;

/// <summary>What of a model's scores may leave the database. Page, JSON and documents all ask here, so that none shows what another hides.</summary>
public static class Disclosure
{
    /// <summary>
    /// Risks whose published label is disputed (R5_CLD: chronic liver disease or osteoporosis). They are on no channel until the
    /// site has confirmed the label.
    /// </summary>
    public static FrozenSet<string> DisputedRisks { get; } = FrozenSet.Create(StringComparer.Ordinal, "R5_CLD");

    /// <summary>What people may see here. A finding that is not in use is shown, as that; it raises nothing.</summary>
    /// <param name="approved">The thresholds of the policy that decided.</param>
    /// <param name="confirmedRisks">Those disputed risks whose label the site has confirmed.</param>
    /// <returns>Null in silent mode: while no finding is approved, scores are kept and not shown.</returns>
    public static StudyScores? Shown(StudyScores scores, IReadOnlyList<ApprovedFinding> approved, IEnumerable<string> confirmedRisks) =>
        approved.Count == 0 ? null : scores with { Risks = [.. scores.Risks.Where(risk => !DisputedRisks.Contains(risk.Key) || confirmedRisks.Contains(risk.Key))] };

    /// <summary>What documents may say: what is shown, without the findings that are not in use.</summary>
    /// <inheritdoc cref="Shown"/>
    public static StudyScores? Sent(StudyScores scores, IReadOnlyList<ApprovedFinding> approved, IEnumerable<string> confirmedRisks) =>
        Shown(scores, approved, confirmedRisks) is { } shown
            ? shown with { Findings = [.. shown.Findings.Where(finding => approved.Any(use => use.Key == finding.Key))] }
            : null;
}
