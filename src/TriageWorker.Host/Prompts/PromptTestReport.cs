using System.Globalization;
using Spectre.Console;
using TriageWorker.Models.Packages;
using TriageWorker.Store;

namespace TriageWorker.Host.Prompts;

/// <summary>Says what sentences would have done.</summary>
internal sealed class PromptTestReport(IAnsiConsole console, ModelPackage package)
{
    private static readonly (string Name, double Share)[] s_quantiles = [("1 %", 0.01), ("5 %", 0.05), ("25 %", 0.25), ("median", 0.5), ("75 %", 0.75), ("95 %", 0.95), ("99 %", 0.99)];

    public void Write(PromptTestResult result, IReadOnlyList<TriedFinding> findings)
    {
        console.WriteLine($"Compared with the newest image vector of {Number(result.Studies)} studies, by weights and input of {package.Id} {package.Version}:");
        foreach (var source in result.Read) console.WriteLine($"  {Sentence(source)}{(source.Digest == package.Digest ? "" : ": another package with the same weights and input")}");
        foreach (var source in result.LeftOut) console.WriteLine($"  left out: {Sentence(source)}: other weights or another input, so these sentences say nothing of them");
        foreach (var finding in findings) Write(finding, result.Studies);
    }

    public static string Sentence(EmbeddingSource source) => $"{Number(source.Vectors)} of {source.PackageId} {source.Version}, package digest {source.Digest[..12]}…";

    private void Write(TriedFinding tried, long studies)
    {
        var trial = tried.Trial;
        var (label, scores) = (trial.Finding.Label, trial.Scores);
        console.WriteLine();
        console.WriteLine($"{label.Key} ({label.Label}): {(trial.IsNew ? "new" : trial.IsChanged ? "other sentences" : "the package's own sentences")}; {trial.Finding.Positive.Count} for, {trial.Finding.Negative.Count} against");
        console.WriteLine($"  flagged at {Score(trial.Threshold)} or more: {Number(trial.Flagged)} of {Number(studies)} ({Share(trial.Flagged, studies)})");
        console.WriteLine($"  scores: least {Score(scores.Least)}, {string.Join(", ", s_quantiles.Select(each => $"{each.Name} {Score(scores.Quantile(each.Share))}"))}, most {Score(scores.Most)}");
        if (!trial.IsNew)
            console.WriteLine($"  against the package's sentences at {Score(trial.ThresholdBefore)}: {Number(trial.Gained)} flagged that were not, {Number(trial.Lost)} no longer flagged");
        console.WriteLine($"  a threshold approved for this stands in a policy with \"approvedFor\": \"{FindingDigest.Of(package, trial.Finding)}\"");
        Studies("highest", tried.Flagged.Studies);
        Studies("change side, farthest first", tried.Changed.Studies);
    }

    private void Studies(string title, IReadOnlyList<TriedStudy> studies)
    {
        if (studies.Count == 0) return;
        console.WriteLine($"  {title}:");
        foreach (var (study, said) in studies)
            console.WriteLine($"    {study.Value}  {Score(said.Score)}{(said.Before is { } before ? $" (was {Score(before)})" : "")}");
    }

    private static string Number(long number) => number.ToString("N0", CultureInfo.InvariantCulture);

    /// <summary>A hair below zero is shown as zero and not as less than it.</summary>
    private static string Score(double score) => (Math.Round(score, 4) + 0.0).ToString("0.0000", CultureInfo.InvariantCulture);

    private static string Share(long part, long all) => all == 0 ? "–" : string.Create(CultureInfo.InvariantCulture, $"{100.0 * part / all:0.0} %");
}
