using System.CommandLine;
using Spectre.Console;
using TriageWorker.Host.Prompts;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sessions;
using TriageWorker.Triage;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models prompts build</c>: makes of a package another with other sentences.</summary>
public static class PromptsBuildVerb
{
    private const string PolicyName = "policy.json";

    public static Command Create(IAnsiConsole console)
    {
        var package = new Option<DirectoryInfo>("--package") { Description = "Folder of the package whose weights are kept. It stays as it is.", Required = true };
        var bank = new Option<FileInfo>("--bank") { Description = "The whole bank of sentences, or a plain list of prompts as JSON. Begin with the package's own prompts.json.", Required = true };
        var output = new Option<DirectoryInfo?>("--out") { Description = "Where the new package is to be; nothing may be there. Without it: beside the old one." };
        var command = new Command("build", "Make of a package another with other sentences: same weights, a new version.") { package, bank, output };
        command.SetAction((parsed, stop) => Task.Run(() => Build(console, BankFiles.Package(parsed.GetRequiredValue(package)), BankFiles.Read(parsed.GetRequiredValue(bank).FullName), parsed.GetValue(output)?.FullName, stop), stop));
        return command;
    }

    private static int Build(IAnsiConsole console, ModelPackage from, PromptBank bank, string? folder, CancellationToken stop)
    {
        RequireNews(from, bank);
        var changes = BankChanges.Between(from, bank);
        ModelPackage made;
        try
        {
            made = ImportProgress.Show(console, progress => PromptedPackage.Revise(from, bank, folder ?? PromptedPackage.FolderOf(from, bank), progress, stop));
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException)
        {
            throw new UserFault(fault.Message, fault);
        }

        console.WriteLine($"{made.Id} {made.Version} is in {made.Directory}, package digest {made.Digest}: {made.Findings.Count} findings ({changes.Sentence}).");
        console.WriteLine(TakeOverPolicy(from, made, changes));
        console.WriteLine($"{from.Directory} is as it was: what runs goes on with it. To score with the new one, name its folder in Scoring:Packages and restart the role scoring; it applies to studies that close from then on.");
        return ExitCode.Done;
    }

    /// <summary>Two banks with one version would make two packages that nobody can tell apart in a report.</summary>
    private static void RequireNews(ModelPackage from, PromptBank bank)
    {
        if (from.Prompts?.Bank is not { } present) return;
        if (present.Digest == bank.Digest) throw new UserFault($"{from.Id} {from.Version} has these very sentences already.");
        if ((present.Id, present.Version) == (bank.Id, bank.Version)) throw new UserFault($"The bank is still called {bank.Id} {bank.Version}, as the other one that {from.Id} {from.Version} has: give it another version.");
    }

    /// <summary>A threshold is approved for a score; of other sentences that score is another.</summary>
    private static string TakeOverPolicy(ModelPackage from, ModelPackage made, BankChanges changes)
    {
        var own = $"Of a policy of the site's own, triage models show {made.Directory} --policy FILE says which thresholds still stand.";
        if (!File.Exists(from.PolicyFile)) return changes.Changed.Count == 0 ? "No threshold is approved in the package." : $"No threshold is approved in the package. Where the site's own policy approves one of {string.Join(", ", changes.Changed)}, approve it anew: its score means something else now. {own}";
        Policy policy;
        try
        {
            policy = PolicyFile.Parse(File.ReadAllBytes(from.PolicyFile));
        }
        catch (FormatException fault)
        {
            return $"{PolicyName} was not taken over: {fault.Message} Nothing is approved in the new package.";
        }

        if (changes.ToApproveAgain(policy) is { Count: > 0 } again)
            return $"{PolicyName} was not taken over: it approves {string.Join(", ", again)}, whose score means something else now. Nothing is approved in the new package until somebody approves. {own}";
        File.Copy(from.PolicyFile, made.PolicyFile);
        return $"{PolicyName} was taken over: the findings that it approves have the sentences that they had. {own}";
    }
}
