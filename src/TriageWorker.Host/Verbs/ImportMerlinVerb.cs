using System.CommandLine;
using Spectre.Console;
using TriageWorker.Host.Prompts;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Graphs;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sessions;

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
        var prompts = new Option<FileInfo?>("--prompts") { Description = "A prompt bank, or a plain list of prompts as JSON (default, with a tokenizer: the product's own sentences)." };
        var precision = new Option<Precision>("--precision") { Description = "Of the trunk: Float32 anywhere, Float16 for GPUs.", DefaultValueFactory = _ => Precision.Float32 };
        var sixth = new Option<SixthRisk>("--sixth-risk") { Description = "What the sixth five-year risk is; its publishers' sources disagree, so it is held back until somebody says.", DefaultValueFactory = _ => SixthRisk.Unconfirmed };
        NamedValues.RequireWord<Precision>(precision);
        NamedValues.RequireWord<SixthRisk>(sixth);
        var licence = new Option<string>("--licence") { Description = "Under which terms the weights were given; kept in the package.", Required = true };
        var output = new Option<DirectoryInfo>("--out") { Description = "Where the package is to be; nothing may be there.", DefaultValueFactory = _ => new DirectoryInfo(Path.Combine(Home.Models, "merlin")) };
        var command = new Command("merlin", "Make a model package of Merlin's published checkpoints.") { checkpoint, fiveYear, phenotypes, tokenizer, heads, window, prompts, precision, sixth, licence, output };
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
                Prompts = PromptsOf(parsed.GetValue(prompts), hasTokenizer: parsed.GetValue(tokenizer) is not null),
                Precision = parsed.GetValue(precision),
                SixthRisk = parsed.GetValue(sixth),
                Licence = parsed.GetRequiredValue(licence),
            };
            return Task.Run(() => Import(console, sources, parsed.GetRequiredValue(output).FullName, stop), stop);
        });
        return new Command("import", "Make a model package of files that a publisher offers.") { command };
    }

    /// <summary>Where sentences can be read, findings are scored: with the product's own sentences if nobody says others.</summary>
    private static PromptBank? PromptsOf(FileInfo? file, bool hasTokenizer) => (file, hasTokenizer) switch
    {
        (null, false) => null,
        (null, true) => BankFiles.Read(BankFiles.Shipped),
        ({ } named, true) => BankFiles.Read(named.FullName),
        _ => throw new UserFault("--prompts needs --tokenizer: without it the text encoder cannot read the sentences."),
    };

    private static int Import(IAnsiConsole console, MerlinSources sources, string folder, CancellationToken stop)
    {
        try
        {
            var package = ImportProgress.Show(console, progress => MerlinImport.Write(sources, folder, progress, stop));
            console.WriteLine($"{package.Id} {package.Version} is in {package.Directory}: {package.Findings.Count} findings, {package.Phenotypes.Count} phenotypes, {package.Risks.Count(risk => risk.Held is null)} risks, {(package.Text is null ? "no sentences" : $"sentences as {package.Text.Size} numbers")}. It passed its own test here.");
            foreach (var held in package.Risks.Where(risk => risk.Held is not null)) console.WriteLine($"{held.Label} is held back. {held.Held}");
            return ExitCode.Done;
        }
        catch (CheckpointException fault)
        {
            if (!fault.SaysAll) foreach (var each in fault.Faults) console.WriteLine($"  {each}");
            throw new UserFault(fault.Message, fault);
        }
        catch (Exception fault) when (fault is FormatException or ModelPackageException or ScoringException or OverflowException)
        {
            throw new UserFault(fault.Message, fault);
        }
    }
}
