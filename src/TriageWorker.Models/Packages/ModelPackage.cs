using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Models.Packages;

/// <summary>
/// A model as a folder: <c>manifest.json</c>, one or more ONNX graphs, a bank of label vectors and a golden test.
/// Nothing in it is trusted before its digest is; nothing of it changes after <see cref="Load"/>.
/// </summary>
public sealed record ModelPackage
{
    /// <summary>The version of <c>manifest.json</c> that this code reads.</summary>
    public const int Schema = 1;

    public required string Directory { get; init; }

    public required string Id { get; init; }

    public required string Version { get; init; }

    public required string Title { get; init; }

    /// <summary>Which architecture the graph has, e.g. <c>i3resnet</c>.</summary>
    public required string Family { get; init; }

    /// <summary>Licence of the weights: an SPDX expression or words.</summary>
    public required string Licence { get; init; }

    /// <summary>True when the scores have no clinical value. They then leave only for destinations that are marked as demonstration.</summary>
    public required bool Demonstration { get; init; }

    public required PackageNeeds Needs { get; init; }

    public required IReadOnlyList<string> Warnings { get; init; }

    /// <summary>How the tensor that <see cref="Sessions.ScoringModel"/> takes is made.</summary>
    public required TensorSpec Input { get; init; }

    public required IReadOnlyList<PackageGraph> Graphs { get; init; }

    /// <summary>Its risks come in a pass of their own, after the urgent work.</summary>
    public bool HasDeferred => Graphs.Any(graph => graph.IsDeferred);

    public required IReadOnlyList<FindingLabel> Findings { get; init; }

    public required IReadOnlyList<ScoreLabel> Phenotypes { get; init; }

    public required IReadOnlyList<ScoreLabel> Risks { get; init; }

    /// <summary>
    /// How long each score takes at least, though its graph is quick: the processor is left alone meanwhile, as it is while a GPU computes.
    /// A demonstration package has it where many workers are to be measured on a machine that could not compute for all of them.
    /// </summary>
    public TimeSpan Latency { get; init; }

    /// <summary>
    /// SHA-256, lower-case hexadecimal, over what makes the contrastive vector: its graph with all weights, and how the tensor is made. Vectors of
    /// packages that agree in it may be compared with the same label vectors, whatever else the packages say. Null when none is made.
    /// </summary>
    public string? Space { get; init; }

    /// <summary>The sentences that the findings' label vectors were made of; null when they were made of something else.</summary>
    public PackagePrompts? Prompts { get; init; }

    /// <summary>Names of all files that the manifest names, itself not among them.</summary>
    internal IReadOnlyList<string> Files { get; init; } = [];

    internal GoldenRecord? Golden { get; init; }

    /// <summary>What reads sentences; null where the package was made without.</summary>
    public PackageText? Text { get; init; }

    /// <summary>SHA-256, lower-case hexadecimal, over the manifest and every file it names. The site's policy is not in it.</summary>
    public required string Digest { get; init; }

    /// <summary>Where the package's own proposal of thresholds lies, if it ships one.</summary>
    public string PolicyFile => Path.Combine(Directory, "policy.json");

    /// <summary>Reads and verifies a package.</summary>
    /// <exception cref="ModelPackageException">Names every fault with its key in the manifest.</exception>
    public static ModelPackage Load(string directory)
    {
        var full = Path.TrimEndingDirectorySeparator(Path.GetFullPath(directory));
        var manifest = Path.Combine(full, "manifest.json");
        if (!File.Exists(manifest)) throw new ModelPackageException(full, ["manifest.json: is not there."]);
        var faults = new Faults();
        return new ManifestReader(full, faults).Read(File.ReadAllBytes(manifest)) ?? throw new ModelPackageException(full, faults.All);
    }
}
