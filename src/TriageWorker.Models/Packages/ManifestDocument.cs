using TriageWorker.Imaging.Tensors;

namespace TriageWorker.Models.Packages;

/// <summary>
/// <c>manifest.json</c> exactly as it may be written, schema 1. Everything may be absent here, so that
/// <see cref="ManifestReader"/> can name every fault at once instead of the parser's first.
/// </summary>
internal sealed record ManifestDocument
{
    public int? Schema { get; init; }
    public string? Id { get; init; }
    public string? Version { get; init; }
    public string? Title { get; init; }
    public string? Family { get; init; }
    public string? Vendor { get; init; }
    public string? Created { get; init; }
    public bool? Demonstration { get; init; }
    public LicenceDocument? Licence { get; init; }
    public IntendedUseDocument? IntendedUse { get; init; }
    public ProvenanceDocument? Provenance { get; init; }
    public InputDocument? Input { get; init; }
    public IReadOnlyList<GraphDocument>? Graphs { get; init; }
    public FindingsDocument? Findings { get; init; }
    public LabelSetDocument? Phenotypes { get; init; }
    public LabelSetDocument? Risks { get; init; }
    public GoldenDocument? Golden { get; init; }
    public TextDocument? Text { get; init; }

    /// <summary>Demonstration packages only: the least time of a score. See <see cref="ModelPackage.Latency"/>.</summary>
    public double? LatencyMs { get; init; }
}

/// <summary>Licence of the weights: an SPDX expression, or words where there is none.</summary>
internal sealed record LicenceDocument
{
    public string? Spdx { get; init; }
    public string? Text { get; init; }
    public bool? CommercialUse { get; init; }
}

internal sealed record IntendedUseDocument
{
    public string? Statement { get; init; }
    public string? Modality { get; init; }
    public string? BodyPart { get; init; }
    public double? MinimumCoverageMm { get; init; }
    public int? MinimumAgeYears { get; init; }
    public double? MaximumSpacingMm { get; init; }
    public IReadOnlyList<string>? Warnings { get; init; }
}

/// <summary>Where the weights come from; kept for whoever asks, never computed with.</summary>
internal sealed record ProvenanceDocument
{
    public string? Made { get; init; }
    public string? Tool { get; init; }
    public string? Data { get; init; }
    public IReadOnlyList<SourceFileDocument>? Sources { get; init; }
}

internal sealed record SourceFileDocument
{
    public string? File { get; init; }
    public string? Sha256 { get; init; }
    public long? Bytes { get; init; }
}

/// <summary>How the tensor is made; see <see cref="TensorSpec"/>. What is absent is as Merlin has it.</summary>
internal sealed record InputDocument
{
    public string? Axes { get; init; }
    public string? Layout { get; init; }
    public Interpolation Interpolation { get; init; }
    public TensorFit Fit { get; init; }
    public IReadOnlyList<double>? SpacingMm { get; init; }
    public double? SpacingToleranceMm { get; init; }
    public IReadOnlyList<int>? Size { get; init; }
    public IReadOnlyList<double>? Hounsfield { get; init; }
    public IReadOnlyList<double>? Scaled { get; init; }
    public bool? Clip { get; init; }
    public double? PadValue { get; init; }
}

internal sealed record GraphDocument
{
    public string? File { get; init; }
    public string? Sha256 { get; init; }

    /// <summary>Weights that are too many for the graph's own file: ONNX's external data, which the graph names.</summary>
    public IReadOnlyList<GraphDataDocument>? Data { get; init; }
    public string? Input { get; init; }

    /// <summary>It runs after the urgent work, when the study has been decided on: only risks may come that late.</summary>
    public bool? Deferred { get; init; }
    public IReadOnlyList<GraphOutputDocument>? Outputs { get; init; }
}

internal sealed record GraphDataDocument
{
    public string? File { get; init; }
    public string? Sha256 { get; init; }
}

internal sealed record GraphOutputDocument
{
    public string? Name { get; init; }
    public OutputKind? Kind { get; init; }
    public Activation Activation { get; init; }

    /// <summary>Of a feature map: which of the tensor's axes its depth, rows and columns run along. Left out it is <c>zxy</c>, as Merlin has it.</summary>
    public string? Axes { get; init; }
}

/// <summary>Zero-shot findings: a bank of label vectors, and which of its rows speak for and against each finding.</summary>
internal sealed record FindingsDocument
{
    public string? Rule { get; init; }
    public string? Bank { get; init; }
    public string? Sha256 { get; init; }

    /// <summary>The sentences whose vectors the bank's rows are; absent where the rows are no sentences'.</summary>
    public PromptsDocument? Prompts { get; init; }
    public IReadOnlyList<LabelDocument>? Labels { get; init; }
}

/// <summary>Which sentences, and what turned them into vectors.</summary>
internal sealed record PromptsDocument
{
    public string? File { get; init; }
    public string? Sha256 { get; init; }

    /// <summary>SHA-256 over the text encoder and its tokenizer.</summary>
    public string? Encoder { get; init; }

    /// <summary>How a sentence is made ready for the tokenizer.</summary>
    public string? Sanitiser { get; init; }
}

internal sealed record LabelSetDocument
{
    public string? Note { get; init; }
    public IReadOnlyList<LabelDocument>? Labels { get; init; }
}

internal sealed record LabelDocument
{
    public string? Key { get; init; }
    public string? Label { get; init; }
    public CodeDocument? Code { get; init; }
    public CodeDocument? Site { get; init; }

    /// <summary>What the label means where the words alone do not say it, e.g. the rule that drew a training label.</summary>
    public string? Meaning { get; init; }

    /// <summary>Why the score is computed and not told, e.g. until a site has confirmed what it is about; absent for all others.</summary>
    public string? Held { get; init; }

    public RowsDocument? Positive { get; init; }
    public RowsDocument? Negative { get; init; }
}

internal sealed record CodeDocument
{
    public string? Value { get; init; }
    public string? Scheme { get; init; }
    public string? Meaning { get; init; }
}

/// <summary>Consecutive rows of the bank.</summary>
internal sealed record RowsDocument
{
    public int? First { get; init; }
    public int? Count { get; init; }
}

internal sealed record GoldenDocument
{
    public string? File { get; init; }
    public string? Sha256 { get; init; }
}
