using System.Text.RegularExpressions;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Prompts;

/// <summary>
/// Packages whose findings are sentences. The vectors are computed once, by the package's own text encoder, and stored: nothing reads
/// sentences while studies are scored.
/// </summary>
public static partial class PromptedPackage
{
    private const int SentencesTogether = 32;
    private const string Reading = "reading the sentences";

    /// <summary>
    /// Makes of a package another with other sentences: same weights, another version and digest. What is there stays as it is, because a
    /// running process has it open and results name its digest. The package's own proposal of thresholds is not taken over: whose it is must judge.
    /// </summary>
    /// <param name="folder">Where the new package is to be; nothing may be there.</param>
    /// <exception cref="ModelPackageException">The package reads no sentences, or fails its test of that.</exception>
    /// <exception cref="ScoringException">The library could not compute a vector.</exception>
    /// <exception cref="IOException">A file cannot be read or written, or the folder is there.</exception>
    public static ModelPackage Revise(ModelPackage from, PromptBank bank, string folder, IProgress<ImportStep> progress, CancellationToken stop)
    {
        TextModel.TextOf(from); // before anything is copied, and by the name that people know
        using var draft = new PackageDraft(folder);
        Copy(from, draft.Folder, progress, stop);
        AddTo(draft.Folder, bank, progress, stop);
        return draft.Finish();
    }

    /// <summary>Where a revision of a package goes when nobody says: beside it, with the sentences' digest in its name.</summary>
    public static string FolderOf(ModelPackage from, PromptBank bank) => $"{PromptsOfFolder().Replace(from.Directory, "")}-p{bank.Digest[..8]}";

    /// <summary>Every sentence's vector, in the order of <see cref="PromptBank.Sentences"/>.</summary>
    /// <exception cref="ScoringException">The library could not compute it.</exception>
    public static IReadOnlyList<float[]> Vectors(TextModel text, IReadOnlyList<string> sentences, Action<double> share, CancellationToken stop)
    {
        var vectors = new List<float[]>(sentences.Count);
        foreach (var some in sentences.Chunk(SentencesTogether))
        {
            vectors.AddRange(text.Embed(some, stop));
            share(vectors.Count / (double)sentences.Count);
        }

        return vectors;
    }

    /// <param name="draft">A package that nobody uses yet.</param>
    internal static void AddTo(string draft, PromptBank bank, IProgress<ImportStep> progress, CancellationToken stop)
    {
        var package = ModelPackage.Load(draft);
        using var text = TextModel.Open(package);
        progress.Report(new ImportStep(Reading, 0));
        var vectors = Vectors(text, bank.Sentences, share => progress.Report(new ImportStep(Reading, share)), stop);
        FindingsWriter.Write(draft, bank, vectors, text.Digest, Sanitiser.Id);
        ModelPackage.Load(draft);
    }

    private static void Copy(ModelPackage from, string draft, IProgress<ImportStep> progress, CancellationToken stop)
    {
        const string step = "copying the package";
        var manifest = FindingsWriter.Read(from.Directory);
        string[] names = [.. from.Files.Where(name => name != manifest.Findings?.Bank && name != manifest.Findings?.Prompts?.File)];
        for (var i = 0; i < names.Length; i++)
        {
            stop.ThrowIfCancellationRequested();
            progress.Report(new ImportStep(step, i / (double)names.Length));
            Directory.CreateDirectory(Path.GetDirectoryName(Path.Combine(draft, names[i]))!);
            File.Copy(Path.Combine(from.Directory, names[i]), Path.Combine(draft, names[i]));
        }

        FindingsWriter.WriteWithout(draft, manifest);
        progress.Report(new ImportStep(step, 1));
    }

    [GeneratedRegex(@"-p[0-9a-f]{8}$")]
    private static partial Regex PromptsOfFolder();
}
