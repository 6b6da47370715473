using System.Collections.Frozen;

namespace TriageWorker.Triage;

/// <summary>What of a model's scores may leave the database. Page, JSON and documents all ask here, so that none shows what another hides.</summary>
public static class Disclosure
{
    /// <summary>
    /// Risks whose published label is disputed (R5_CLD: chronic liver disease or osteoporosis), whether or not their package says so. They, and those whose
    /// package holds them back, are on no channel until the site has confirmed what they are about.
    /// </summary>
    public static FrozenSet<string> DisputedRisks { get; } = FrozenSet.Create(StringComparer.Ordinal, "R5_CLD");

    /// <summary>What people may see here. A finding that is not in use is shown, as that; it raises nothing.</summary>
    /// <param name="approved">The thresholds of the policy that decided.</param>
    /// <param name="confirmed">What the site has confirmed of disputed risks, of whichever package.</param>
    /// <returns>Null in silent mode: while no finding is approved, scores are kept and not shown.</returns>
    public static StudyScores? Shown(StudyScores scores, IReadOnlyList<ApprovedFinding> approved, IReadOnlyList<ConfirmedRisk> confirmed) =>
        approved.Count == 0 ? null : scores with { Risks = [.. scores.Risks.Select(risk => Told(scores.Package, risk, confirmed)).OfType<RiskScore>()] };

    /// <summary>What documents may say: what is shown, without the findings that are not in use.</summary>
    /// <inheritdoc cref="Shown"/>
    public static StudyScores? Sent(StudyScores scores, IReadOnlyList<ApprovedFinding> approved, IReadOnlyList<ConfirmedRisk> confirmed) =>
        Shown(scores, approved, confirmed) is { } shown
            ? shown with { Findings = [.. shown.Findings.Where(finding => approved.Any(use => use.Key == finding.Key))] }
            : null;

    private static RiskScore? Told(PackageIdentity package, RiskScore risk, IReadOnlyList<ConfirmedRisk> confirmed) =>
        risk.Held is null && !DisputedRisks.Contains(risk.Key) ? risk
        : confirmed.FirstOrDefault(each => each.PackageId == package.Id && each.Risk == risk.Key)?.Tell(risk);
}
