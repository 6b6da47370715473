using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Host.Prompts;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models prompts</c>: the sentences that findings are scored with.</summary>
public static class PromptsVerb
{
    private const string Dash = "–";

    public static Command Create(IAnsiConsole console) =>
        new("prompts", "The sentences that findings are scored with: show them, try others on past studies, make a package of them.") { Show(console), PromptsTestVerb.Create(console), PromptsBuildVerb.Create(console) };

    private static Command Show(IAnsiConsole console)
    {
        var package = new Option<DirectoryInfo?>("--package") { Description = "Folder of a package; its own sentences." };
        var file = new Option<FileInfo?>("--bank") { Description = "A prompt bank; without this and --package, the product's own for Merlin." };
        var finding = new Option<string?>("--finding") { Description = "Write out the sentences of this one.", HelpName = "KEY" };
        var command = new Command("show", "List the findings of a prompt bank, or write out the sentences of one.") { package, file, finding };
        command.SetAction(parsed =>
        {
            var (folder, bankFile) = (parsed.GetValue(package), parsed.GetValue(file));
            if (folder is not null && bankFile is not null) throw new UserFault("Name a package or a bank, not both.");
            var loaded = folder is null ? null : BankFiles.Package(folder);
            if (loaded is { Prompts: null }) throw new UserFault($"Package {loaded.Id} {loaded.Version} has no sentences{(loaded.Findings.Count > 0 ? ": its label vectors were made of something else" : "")}.");
            var bank = loaded?.Prompts!.Bank ?? BankFiles.Read(bankFile?.FullName ?? BankFiles.Shipped);
            if (parsed.GetValue(finding) is { } key) Write(console, bank, key);
            else Write(console, bank, loaded);
            return ExitCode.Done;
        });
        return command;
    }

    private static void Write(IAnsiConsole console, PromptBank bank, ModelPackage? package)
    {
        console.WriteLine($"{bank.Id} {bank.Version} ({bank.Language}), SHA-256 {bank.Digest}");
        if (package?.Prompts is { } prompts) console.WriteLine($"in {package.Id} {package.Version}; sanitiser {prompts.Sanitiser}, text encoder {prompts.Encoder}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("key", "finding", "code", "proposed", "for", "against");
        if (package is not null) table.AddColumns("length", "nearest");
        foreach (var each in bank.Findings)
        {
            var code = each.Label.Code;
            List<string> cells = [each.Label.Key, each.Label.Label, $"{code.Value} {code.Scheme}", Proposal(each), Number(each.Positive.Count), Number(each.Negative.Count)];
            if (package is not null) cells.AddRange(Direction(package, each.Label.Key));
            table.AddPlainRow(cells);
        }

        console.Write(table);
        console.WriteLine("A proposal raises nothing: thresholds are approved by the site.");
        if (package is not null) console.WriteLine("length: of the direction, from 0 for sentences that do not differ to 2. nearest: the finding with the most similar direction, and their cosine.");
    }

    private static void Write(IAnsiConsole console, PromptBank bank, string key)
    {
        var finding = bank.Findings.FirstOrDefault(each => each.Label.Key == key) ?? throw new UserFault($"{bank.Id} {bank.Version} has no finding {key}; it has {string.Join(", ", bank.Findings.Select(each => each.Label.Key))}.");
        var (code, site) = (finding.Label.Code, finding.Label.Site);
        console.WriteLine($"{key} ({finding.Label.Label}): {code.Value} {code.Scheme} \"{code.Meaning}\"{(site is null ? "" : $", in {site.Value} {site.Scheme} \"{site.Meaning}\"")}; proposed: {Proposal(finding)}");
        console.WriteLine("for:");
        foreach (var sentence in finding.Positive) console.WriteLine($"  {sentence}");
        console.WriteLine("against:");
        foreach (var sentence in finding.Negative) console.WriteLine($"  {sentence}");
    }

    private static string Proposal(PromptFinding finding) => (finding.Level, finding.Threshold) switch
    {
        (ProposedLevel.None, null) => Dash,
        (ProposedLevel.None, { } threshold) => $"at {Score(threshold)}",
        ({ } level, null) => level.ToString().ToUpperInvariant(),
        var (level, threshold) => $"{level.ToString().ToUpperInvariant()} at {Score(threshold.Value)}",
    };

    private static string[] Direction(ModelPackage package, string key)
    {
        var direction = package.Findings.First(finding => finding.Label.Key == key).Direction.Span;
        var (nearest, most) = (Dash, double.NegativeInfinity);
        foreach (var other in package.Findings)
        {
            if (other.Label.Key == key) continue;
            var cosine = Dot(direction, other.Direction.Span) / Math.Sqrt(Dot(direction, direction) * Dot(other.Direction.Span, other.Direction.Span));
            if (cosine > most) (nearest, most) = (other.Label.Key, cosine);
        }

        return [Score(Math.Sqrt(Dot(direction, direction))), nearest == Dash ? Dash : $"{nearest} {most.ToString("0.00", CultureInfo.InvariantCulture)}"];
    }

    private static double Dot(ReadOnlySpan<float> one, ReadOnlySpan<float> other)
    {
        var sum = 0d;
        for (var i = 0; i < one.Length; i++) sum += (double)one[i] * other[i];
        return sum;
    }

    private static string Number(int number) => number.ToString(CultureInfo.InvariantCulture);

    private static string Score(double score) => score.ToString("0.000", CultureInfo.InvariantCulture);
}
