using System.CommandLine;
using Spectre.Console;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models import merlin</c>: makes a model package of the published checkpoints, without Python.</summary>
public static class ImportMerlinVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var checkpoint = new Option<FileInfo>("--checkpoint") { Description = "The default checkpoint, as published.", Required = true };
        var fiveYear = new Option<FileInfo?>("--five-year") { Description = "The five-year checkpoint; without it no risks are scored." };
        var phenotypes = new Option<FileInfo?>("--phenotypes") { Description = "The published list phenotypes.csv; without it no phenotypes are scored." };
        var tokenizer = new Option<DirectoryInfo?>("--tokenizer") { Description = "The folder with Clinical-Longformer's vocab.json and merges.txt, or tokenizer.json; without it no sentences are read." };
        var heads = new Option<int?>("--text-heads") { Description = "Attention's heads in the text encoder; else config.json beside the tokenizer says it, else it is the published 12." };
        var window = new Option<int?>("--text-window") { Description = "How many tokens its attention spans; else config.json says it, else it is the published 512." };
        var precision = new Option<Precision>("--precision") { Description = "Of the trunk: Float32 anywhere, Float16 for GPUs.", DefaultValueFactory = _ => Precision.Float32 };
        var sixth = new Option<SixthRisk>("--sixth-risk") { Description = "What the sixth five-year risk is; its publishers' sources disagree, so it is held back until somebody says.", DefaultValueFactory = _ => SixthRisk.Unconfirmed };
        var licence = new Option<string>("--licence") { Description = "Under which terms the weights were given; kept in the package.", Required = true };
        var output = new Option<DirectoryInfo>("--out") { Description = "Where the package is to be; nothing may be there.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Home.Models, "merlin")) };
        var command = new Command("merlin", "Make a model package of Merlin's published checkpoints.") { checkpoint, fiveYear, phenotypes, tokenizer, heads, window, precision, sixth, licence, output };
        command.SetAction((parsed, stop) =>
        {
            var sources = new MerlinSources
            {
                Checkpoint = parsed.GetRequiredValue(checkpoint).FullName,
                FiveYear = parsed.GetValue(fiveYear)?.FullName,
                Phenotypes = parsed.GetValue(phenotypes)?.FullName,
                Tokenizer = parsed.GetValue(tokenizer)?.FullName,
                TextHeads = parsed.GetValue(heads),
                TextWindow = parsed.GetValue(window),
                Precision = parsed.GetValue(precision),
                SixthRisk = parsed.GetValue(sixth),
                Licence = parsed.GetRequiredValue(licence),
            };
            return Task.Run(() => Import(console, sources, parsed.GetRequiredValue(output).FullName, stop), stop);
        });
        return new Command("import", "Make a model package of files that a publisher offers.") { command };
    }

    private static int Import(IAnsiConsole console, MerlinSources sources, string folder, CancellationToken stop)
    {
        try
        {
            var package = WithProgress(console, progress => MerlinImport.Write(sources, folder, progress, stop));
            console.MarkupLineInterpolated($"{package.Id} {package.Version} is in {package.Directory}: {package.Phenotypes.Count} phenotypes, {package.Risks.Count(risk => risk.Held is null)} risks, {(package.Text is null ? "no sentences" : $"sentences as {package.Text.Size} numbers")}. It passed its own test here.");
            foreach (var held in package.Risks.Where(risk => risk.Held is not null)) console.MarkupLineInterpolated($"{held.Label} is held back. {held.Held}");
            return ExitCode.Done;
        }
        catch (CheckpointException fault)
        {
            foreach (var each in fault.Faults) console.MarkupLineInterpolated($"  {each}");
            throw new UserFault(fault.Message, fault);
        }
        catch (Exception fault) when (fault is FormatException or ModelPackageException or OverflowException)
        {
            throw new UserFault(fault.Message, fault);
        }
    }

    /// <summary>A bar for each step; on a pipe a line when each begins.</summary>
    private static ModelPackage WithProgress(IAnsiConsole console, Func<IProgress<ImportStep>, ModelPackage> import)
    {
        if (!console.Profile.Capabilities.Interactive) return import(new Steps(step => console.WriteLine($"{step} …"), static (_, _) => { }));
        return console.Progress().Columns(new TaskDescriptionColumn(), new ProgressBarColumn(), new PercentageColumn(), new ElapsedTimeColumn()).Start(progress =>
        {
            ProgressTask? bar = null;
            return import(new Steps(step => bar = progress.AddTask(Markup.Escape(step), maxValue: 1), (_, share) => bar!.Value = share));
        });
    }

    private sealed class Steps(Action<string> begin, Action<string, double> share) : IProgress<ImportStep>
    {
        private string? _step;

        public void Report(ImportStep value)
        {
            if (value.Step != _step) begin(value.Step);
            _step = value.Step;
            share(value.Step, value.Share);
        }
    }
}
