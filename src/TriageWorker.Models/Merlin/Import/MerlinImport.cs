using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Models.Checkpoints;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>Makes a model package of the published checkpoints.</summary>
public static class MerlinImport
{
    /// <summary>
    /// Writes the package beside <paramref name="folder"/>, loads it, lets it pass its own test on this machine, and only then gives it its name. The largest
    /// tensor is in memory while it is written, and the graphs while they are tested.
    /// </summary>
    /// <param name="folder">Where the package is to be; nothing may be there.</param>
    /// <exception cref="CheckpointException">A checkpoint is not what it should be; all that is wrong is named.</exception>
    /// <exception cref="FormatException">The list of phenotypes or the tokenizer is not what it should be.</exception>
    /// <exception cref="ModelPackageException">The package does not say what its own test wants.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or the folder is there.</exception>
    public static ModelPackage Write(MerlinSources sources, string folder, IProgress<ImportStep> progress, CancellationToken stop)
    {
        using var draft = new PackageDraft(folder);
        using var standard = Checkpoint.Open(sources.Checkpoint);
        using var fiveYear = sources.FiveYear is null ? null : Checkpoint.Open(sources.FiveYear);
        new PackageWriter(sources, MerlinCheckpoint.Default(standard), fiveYear is null ? null : MerlinCheckpoint.FiveYear(fiveYear), draft.Folder).Write(progress, stop);
        if (sources.Prompts is { } bank) PromptedPackage.AddTo(draft.Folder, bank, progress, stop);
        Check(draft.Folder, folder, progress);
        stop.ThrowIfCancellationRequested(); // the test itself is not stopped
        return draft.Finish();
    }

    private static void Check(string draft, string target, IProgress<ImportStep> progress)
    {
        const string step = "running the package's own test";
        progress.Report(new ImportStep(step, 0));
        try
        {
            var package = ModelPackage.Load(draft);
            using (ScoringModel.Open(package, new ScoringOptions { Provider = ExecutionProvider.Cpu }, NullLogger<ScoringModel>.Instance)) progress.Report(new ImportStep(step, 1));
            if (package.Text is not null) TextModel.Open(package).Dispose();
        }
        catch (ModelPackageException fault)
        {
            throw new ModelPackageException(target, [.. fault.Faults, "Nothing was kept: what was made of the checkpoints does not say what they say. Values too large for half precision do this (take --precision Float32); else it is a fault of this product."]);
        }
    }
}
