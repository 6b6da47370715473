using TriageWorker.Models.Packages;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>The policy over one package's scores: the site's own file, else what lies in the package; and what is to be said of it.</summary>
/// <param name="Trouble">Thresholds that were approved for other scores, and what to do; null when there are none.</param>
/// <param name="Remark">Thresholds of a site's own file of which nobody could notice that; null when there are none.</param>
internal sealed record PackagePolicy(Policy Policy, string? Trouble, string? Remark)
{
    /// <exception cref="FormatException">It is no policy, or speaks of another package, or of a finding that the package does not score.</exception>
    public static PackagePolicy Read(ModelPackage package, string? file)
    {
        var path = file ?? package.PolicyFile;
        if (file is null && !File.Exists(path)) return new(new Policy("nothing-approved", "1", package.Id, [], new string('0', 64)), null, null);
        var policy = PolicyFile.Parse(File.ReadAllBytes(path));
        if (policy.PackageId != package.Id) throw new FormatException($"{path} is a policy for package {policy.PackageId}; the package is {package.Id}.");
        // A misspelt key would never fire, and would take every other study's negative away.
        string[] unknown = [.. policy.Approved.Select(approved => approved.Key).Except(package.Findings.Select(finding => finding.Label.Key), StringComparer.Ordinal)];
        if (unknown.Length > 0) throw new FormatException($"{path} approves {string.Join(", ", unknown)}, which package {package.Id} {package.Version} does not score.");
        policy = policy.Over(FindingDigest.All(package));
        return new(policy, TroubleOf(policy, package, path), file is null ? null : RemarkOf(policy, package, path));
    }

    private static string? TroubleOf(Policy policy, ModelPackage package, string path) => policy.Held.Count == 0 ? null :
        $"{path} approves thresholds for other scores than {package.Id} {package.Version} gives: other sentences, weights or input. {Keys(policy.Held)} raise{(policy.Held.Count == 1 ? "s" : "")} nothing until approved anew, "
        + "and a study that nothing else flags is not analysed. "
        + $"Look at the new scores (triage models prompts test), approve in a new version of the policy with the \"approvedFor\" that triage models show {package.Directory} prints, and restart the role scoring.";

    private static string? RemarkOf(Policy policy, ModelPackage package, string path) => policy.Approved.Where(approved => approved.ApprovedFor is null).ToList() is { Count: > 0 } unsaid
        ? $"{path} does not say for which scores it approves {Keys(unsaid)}, so nothing would notice if they became others. Write the \"approvedFor\" that triage models show {package.Directory} prints to each."
        : null;

    private static string Keys(IEnumerable<ApprovedFinding> findings) => string.Join(", ", findings.Select(finding => finding.Key));
}
