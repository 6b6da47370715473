using System.Text.Json.Serialization;

namespace TriageWorker.Triage;

/// <summary>A threshold that a site has approved for one finding.</summary>
/// <param name="Threshold">A finding fires at this score or above.</param>
/// <param name="Band">Scores within this distance below the threshold are written as undetermined, not absent.</param>
public sealed record ApprovedFinding(string Key, FlagLevel Level, double Threshold, double Band)
{
    /// <summary>Short digest of what made the scores that it was approved on; null in a policy that does not say it.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? ApprovedFor { get; init; }
}

/// <summary>
/// Which findings of one package may raise a study, and from which score on. Phenotypes and risks never do.
/// A policy speaks of one package id only.
/// </summary>
/// <param name="Digest">SHA-256, lower-case hexadecimal, of the policy as it was read.</param>
public sealed record Policy(string Id, string Version, string PackageId, IReadOnlyList<ApprovedFinding> Approved, string Digest)
{
    /// <summary>Approved for other scores than the package gives: they raise nothing, and without them there is no negative.</summary>
    public IReadOnlyList<ApprovedFinding> Held { get; init; } = [];

    /// <summary>Nothing is approved: scores are kept, and nothing is shown or sent. Where all that is approved is held back, that is said and not silent.</summary>
    public bool IsSilent => Approved.Count == 0 && Held.Count == 0;

    /// <summary>The same over what a package is now: thresholds that were approved for other scores are held back. Those that do not say for which are taken as they are.</summary>
    /// <param name="made">Short digest of what makes each finding's score, by the finding's key.</param>
    public Policy Over(IReadOnlyDictionary<string, string> made)
    {
        var held = Approved.Where(approved => approved.ApprovedFor is { } expected && made.GetValueOrDefault(approved.Key) != expected).ToList();
        return this with { Approved = [.. Approved.Except(held)], Held = [.. Held, .. held] };
    }

    /// <summary>Applies the approved thresholds. A finding that was not scored, or scored as no number, or is held back, is no negative.</summary>
    public Outcome Decide(StudyScores scores)
    {
        if (scores.Package.Id != PackageId)
            return new Outcome.NotAnalysed($"policy {Id} {Version} is for package {PackageId}, not {scores.Package.Id}.");
        if (IsSilent)
            return new Outcome.NotAnalysed("no finding is in use here yet.");
        var byKey = scores.Findings.ToDictionary(finding => finding.Key, StringComparer.Ordinal);
        var flags = new List<Flag>();
        var missing = new List<string>();
        foreach (var approved in Approved)
        {
            if (!byKey.TryGetValue(approved.Key, out var finding) || !double.IsFinite(finding.Score)) missing.Add(approved.Key);
            else if (finding.Score >= approved.Threshold)
                flags.Add(new Flag(finding.Key, finding.Label, approved.Level, finding.Score, approved.Threshold));
        }

        // What fired is said even if another finding is missing; what is missing can only take away a negative.
        if (flags.Count > 0)
            return new Outcome.Positive([.. flags.OrderByDescending(flag => flag.Level).ThenByDescending(flag => flag.Score - flag.Threshold)]);
        if (missing.Count > 0) return new Outcome.NotAnalysed($"the model gave no score for {string.Join(", ", missing)}.");
        return Held.Count > 0
            ? new Outcome.NotAnalysed($"the model has changed since thresholds were approved for {string.Join(", ", Held.Select(held => byKey.GetValueOrDefault(held.Key)?.Label ?? held.Key))}.")
            : new Outcome.Negative(Approved.Count);
    }
}
