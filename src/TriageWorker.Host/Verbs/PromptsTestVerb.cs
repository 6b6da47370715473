using System.CommandLine;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Prompts;
using TriageWorker.Host.Settings;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Sessions;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models prompts test</c>: what sentences would have flagged among the studies that were scored. Reads vectors only: no image, no GPU.</summary>
public static class PromptsTestVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var bank = new Option<FileInfo>("--bank") { Description = "The sentences: a prompt bank, or a plain list of prompts as JSON. One finding is enough.", Required = true };
        var package = new Option<DirectoryInfo>("--package") { Description = "Folder of the package whose text encoder reads them.", Required = true };
        var policy = new Option<FileInfo?>("--policy") { Description = "The policy whose thresholds the findings have now (default: the package's own policy.json, if it is there)." };
        var findings = new Option<string[]>("--finding") { Description = "Only this one, also if it is as in the package; may be given several times (default: all that are new or changed).", HelpName = "KEY" };
        var threshold = new Option<double?>("--threshold") { Description = "Flag from this score on (default: the bank's own, then the one approved for the finding, then 0 as published)." };
        var list = new Option<int>("--list") { Description = "How many studies to name of each kind.", DefaultValueFactory = _ => 10 };
        list.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<int>() is < 0 or > 10_000) result.AddError("--list must be 0 to 10000; --csv has no limit.");
        });
        var csv = new Option<FileInfo?>("--csv") { Description = "Write every study that is flagged or changes side to this file; nothing may be there." };
        var file = SettingsOption.Create();
        var command = new Command("test", "Try sentences on the studies that were scored: which would be flagged, which change side. No image is read.") { bank, package, policy, findings, threshold, list, csv, file };
        command.SetAction(async (parsed, stop) =>
        {
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            var loaded = BankFiles.Package(parsed.GetRequiredValue(package));
            var tried = Choose(BankFiles.Read(parsed.GetRequiredValue(bank).FullName), loaded, parsed.GetValue(findings) ?? []);
            var thresholds = new Thresholds(loaded, PolicyOf(loaded, parsed.GetValue(policy)?.FullName), parsed.GetValue(threshold));
            var trials = await Progress.WhileAsync(console, "reading the sentences", () => Task.Run(() => Trials(loaded, tried, thresholds, stop), stop));
            var lists = trials.Select(trial => new TriedFinding(trial, new StudyList(parsed.GetValue(list)), new StudyList(parsed.GetValue(list)))).ToList();
            await using var table = new StudyTable(parsed.GetValue(csv)?.FullName);
            return await ProductDatabase.UseAsync(console, settings, database => RunAsync(console, new EmbeddingStore(database), loaded, lists, table, stop), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, EmbeddingStore store, ModelPackage package, IReadOnlyList<TriedFinding> findings, StudyTable table, CancellationToken stop)
    {
        PromptTestResult? result = null;
        await Progress.RunAsync(console, "comparing image vectors", async (expected, done) => result = await new PromptTest(store, package, findings, table).RunAsync(expected, done, stop));
        if (result!.Studies == 0)
            throw new UserFault($"No image vector is kept that weights and input of {package.Id} {package.Version} made: there is nothing to try sentences on. "
                + (result.LeftOut.Count == 0 ? "None is kept at all; each study that is scored adds one." : $"There are {string.Join("; ", result.LeftOut.Select(PromptTestReport.Sentence))}."));
        new PromptTestReport(console, package).Write(result, findings);
        return ExitCode.Done;
    }

    private static List<PromptFinding> Choose(PromptBank bank, ModelPackage package, string[] keys)
    {
        if (keys.Except(bank.Findings.Select(finding => finding.Label.Key), StringComparer.Ordinal).ToList() is { Count: > 0 } unknown)
            throw new UserFault($"{bank.Id} {bank.Version} has no finding {string.Join(", ", unknown)}; it has {string.Join(", ", bank.Findings.Select(finding => finding.Label.Key))}.");
        List<PromptFinding> chosen = [.. bank.Findings.Where(finding => keys.Length > 0 ? keys.Contains(finding.Label.Key, StringComparer.Ordinal) : !PromptTrial.IsSame(package, finding))];
        return chosen.Count > 0 ? chosen : throw new UserFault($"Every finding of {bank.Id} {bank.Version} has the sentences that {package.Id} {package.Version} has: name one with --finding to try it all the same.");
    }

    private static List<PromptTrial> Trials(ModelPackage package, List<PromptFinding> findings, Thresholds thresholds, CancellationToken stop)
    {
        try
        {
            using var text = TextModel.Open(package);
            return [.. findings.Select(finding =>
                PromptTrial.Of(package, finding, PromptedPackage.Vectors(text, [.. finding.Positive, .. finding.Negative], static _ => { }, stop), thresholds.Now(finding), thresholds.Before(finding)))];
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException)
        {
            throw new UserFault(fault.Message, fault);
        }
    }

    private static Policy? PolicyOf(ModelPackage package, string? file) =>
        file is null && !File.Exists(package.PolicyFile) ? null : PolicySheet.Read(file ?? package.PolicyFile, package);

    /// <summary>From which score on a finding flags, under the sentences that are tried and under the package's own.</summary>
    private sealed record Thresholds(ModelPackage Package, Policy? Policy, double? Asked)
    {
        private const double Published = 0; // a finding is there when the sentences for it are nearer than those against it

        public double Now(PromptFinding finding) => Asked ?? finding.Threshold ?? Approved(finding) ?? Published;

        public double Before(PromptFinding finding) => Approved(finding)
            ?? Package.Prompts?.Bank.Findings.FirstOrDefault(each => each.Label.Key == finding.Label.Key)?.Threshold ?? Asked ?? Published;

        private double? Approved(PromptFinding finding) => Policy?.Approved.FirstOrDefault(approved => approved.Key == finding.Label.Key)?.Threshold;
    }
}
