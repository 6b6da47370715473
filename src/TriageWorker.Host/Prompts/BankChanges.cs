using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Triage;

namespace TriageWorker.Host.Prompts;

/// <summary>What another bank would change of a package, by keys of findings.</summary>
internal sealed record BankChanges(IReadOnlyList<string> Added, IReadOnlyList<string> Changed, IReadOnlyList<string> Removed)
{
    public static BankChanges Between(ModelPackage package, PromptBank bank)
    {
        var present = package.Findings.Select(finding => finding.Label.Key).ToHashSet(StringComparer.Ordinal);
        return new(
            [.. bank.Findings.Select(finding => finding.Label.Key).Where(key => !present.Contains(key))],
            [.. bank.Findings.Where(finding => present.Contains(finding.Label.Key) && !PromptTrial.IsSame(package, finding)).Select(finding => finding.Label.Key)],
            [.. present.Except(bank.Findings.Select(finding => finding.Label.Key), StringComparer.Ordinal).Order(StringComparer.Ordinal)]);
    }

    public string Sentence => Said() is { Count: > 0 } said ? string.Join("; ", said) : "no finding has other sentences";

    /// <summary>Approved findings whose score now means something else, or is not there any more.</summary>
    public IReadOnlyList<string> ToApproveAgain(Policy policy) =>
        [.. policy.Approved.Select(approved => approved.Key).Where(key => Changed.Contains(key, StringComparer.Ordinal) || Removed.Contains(key, StringComparer.Ordinal))];

    private List<string> Said()
    {
        var said = new List<string>();
        if (Added.Count > 0) said.Add($"new: {string.Join(", ", Added)}");
        if (Changed.Count > 0) said.Add($"other sentences: {string.Join(", ", Changed)}");
        if (Removed.Count > 0) said.Add($"gone: {string.Join(", ", Removed)}");
        return said;
    }
}
