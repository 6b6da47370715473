using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Everything that scoring one generation gave, ready to be committed.</summary>
/// <param name="Embedding">The pooled image embedding, kept as float32 little endian.</param>
/// <param name="TensorDigest">SHA-256 of the model's input.</param>
/// <param name="Quality">Coverage and other figures of the input.</param>
/// <param name="Provider">The execution provider that ran the network.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record ScoredGeneration(
    GenerationId Generation, StudyScores Scores, ReadOnlyMemory<float> Embedding, byte[] TensorDigest,
    IReadOnlyDictionary<string, double> Quality, string Provider, string CodeVersion, IReadOnlyDictionary<string, double> Timings,
    Outcome Outcome, Policy Policy)
{
    /// <summary>SHA-256 over the SOP Instance UIDs and pixels that were read, whatever their transfer syntax: what a replay compares.</summary>
    public byte[] PixelDigest { get; init; } = [];

    /// <summary>Null when the package makes none.</summary>
    public ContrastiveVector? Contrastive { get; init; }

    /// <summary>Silent mode: the outcome is shown on the page and sent nowhere.</summary>
    public bool PageOnly { get; init; }
}

/// <summary>What became of a commit.</summary>
public enum CommitVerdict
{
    Committed,

    /// <summary>The same was decided before; only the work was ended.</summary>
    DecidedBefore,
}
