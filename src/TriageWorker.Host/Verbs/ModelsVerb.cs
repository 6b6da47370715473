using System.CommandLine;
using Spectre.Console;
using TriageWorker.Models.Packages;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models</c>: which model packages are here, what is in them, whether they compute here what they must, and what they say of an image.</summary>
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
        var list = new Command("list", "The same.");
        var command = new Command("models", "List the model packages.")
        {
            list,
            ModelsShowVerb.Create(console, folder),
            ModelsVerifyVerb.Create(console, folder),
            ModelsRunVerb.Create(console, folder),
            ModelsBenchVerb.Create(console, folder),
            ModelsRisksVerb.Create(console, folder),
            TrainingSetVerb.Create(console),
            ImportMerlinVerb.Create(console),
            PromptsVerb.Create(console),
        };
        command.Options.Add(folder);
        command.SetAction(parsed => List(console, parsed.GetRequiredValue(folder)));
        list.SetAction(parsed => List(console, parsed.GetRequiredValue(folder)));
        return command;
    }

    private static int List(IAnsiConsole console, DirectoryInfo folder)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("package", "version", "title", "labels", "licence", "digests");
        var allAreWhole = true;
        foreach (var (each, package, fault) in InstalledPackages.Read(folder))
        {
            if (package is null)
            {
                allAreWhole = false;
                table.AddCells(PlainText.Cell(each.Name), PlainText.Cell(""), PlainText.Cell(""), PlainText.Cell(""), PlainText.Cell(""), PlainText.Cell(fault ?? "", Color.Red));
                continue;
            }

            var title = package.Demonstration ? $"{package.Title} (demonstration, no clinical value)" : package.Title;
            var labels = $"{package.Findings.Count} findings, {package.Phenotypes.Count} phenotypes, {package.Risks.Count} risks";
            table.AddPlainRow(package.Id, package.Version, title, labels, package.Licence, "verified");
        }

        console.Write(table);
        foreach (var draft in PackageDraft.In(folder.FullName)) console.WriteLine($"{draft} is no package yet: it is being made, or was left by an import that was killed. Remove it if nothing makes it now.");
        return allAreWhole ? ExitCode.Done : ExitCode.SomeFailed;
    }
}
