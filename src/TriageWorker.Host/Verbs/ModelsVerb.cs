using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models</c>: which model packages are here; <c>triage models check</c> runs each one's golden test; <c>triage models import</c> makes one.</summary>
public static class ModelsVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var folder = new Option<DirectoryInfo>("--folder")
        {
            Description = "Where the packages lie, one folder each.",
            DefaultValueFactory = _ => new DirectoryInfo(Home.Models),
            Recursive = true,
        };
        var check = new Command("check", "Load every package, verify its digests and run its golden test on this machine.");
        check.SetAction(parsed => List(console, parsed.GetRequiredValue(folder), RunGoldenTest));
        var command = new Command("models", "List the model packages; 'models check' also runs them.")
        {
            check,
            TrainingSetVerb.Create(console),
            ImportMerlinVerb.Create(console),
            PromptsVerb.Create(console),
        };
        command.Options.Add(folder);
        command.SetAction(parsed => List(console, parsed.GetRequiredValue(folder), package => new("digests verified", Passed: true)));
        return command;
    }

    private static int List(IAnsiConsole console, DirectoryInfo folder, Func<ModelPackage, Verdict> verdictOn)
    {
        var packages = InstalledPackages.In(folder);
        if (packages.Count == 0) throw new UserFault($"No model package in {folder.FullName}: a package is a folder with a manifest.json.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("package", "version", "title", "labels", "licence", "verdict");
        var allPassed = true;
        foreach (var each in packages)
        {
            var (cells, verdict) = Describe(each, verdictOn);
            allPassed &= verdict.Passed;
            table.AddRow([.. cells.Select(Markup.Escape), verdict.Passed ? Markup.Escape(verdict.Words) : $"[red]{Markup.Escape(verdict.Words)}[/]"]);
        }

        console.Write(table);
        return allPassed ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static (string[] Cells, Verdict Verdict) Describe(DirectoryInfo folder, Func<ModelPackage, Verdict> verdictOn)
    {
        try
        {
            var package = ModelPackage.Load(folder.FullName);
            var title = package.Demonstration ? $"{package.Title} (demonstration, no clinical value)" : package.Title;
            var labels = $"{package.Findings.Count} findings, {package.Phenotypes.Count} phenotypes, {package.Risks.Count} risks";
            return ([package.Id, package.Version, title, labels, package.Licence], verdictOn(package));
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException)
        {
            return ([folder.Name, "", "", "", ""], new Verdict(fault.Message, Passed: false));
        }
    }

    private static Verdict RunGoldenTest(ModelPackage package)
    {
        using var model = ScoringModel.Open(package, new ScoringOptions(), NullLogger<ScoringModel>.Instance);
        var worst = model.CheckGolden().MaxBy(check => check.Deviation / check.Tolerance)!;
        return new Verdict($"{model.Provider}: {worst}", worst.Passed);
    }

    private sealed record Verdict(string Words, bool Passed);
}
