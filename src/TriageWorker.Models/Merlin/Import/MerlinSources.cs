using TriageWorker.Models.Graphs;
using TriageWorker.Models.Prompts;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>What the publishers' sources disagree about: the sixth of the five-year risks.</summary>
public enum SixthRisk
{
    /// <summary>It is computed and not told.</summary>
    Unconfirmed,
    Osteoporosis,
    ChronicLiverDisease,
}

/// <summary>The files that somebody brings, and what is known of them.</summary>
public sealed record MerlinSources
{
    /// <summary>The default checkpoint: image encoder, phenotypes, text encoder.</summary>
    public required string Checkpoint { get; init; }

    /// <summary>The five-year checkpoint; null leaves the risks out.</summary>
    public string? FiveYear { get; init; }

    /// <summary>The published list of labels, two columns <c>phecode,phecode_str</c>; null leaves the phenotypes out.</summary>
    public string? Phenotypes { get; init; }

    /// <summary>The folder with the tokenizer's files; null leaves the text encoder out.</summary>
    public string? Tokenizer { get; init; }

    /// <summary>Attention's heads in the text encoder; null takes the word of <c>config.json</c> beside the tokenizer, or the published 12.</summary>
    public int? TextHeads { get; init; }

    /// <summary>How many tokens attention spans in all; null takes the word of <c>config.json</c>, or the published 512.</summary>
    public int? TextWindow { get; init; }

    /// <summary>Sentences for findings; null scores none. They need the text encoder's tokenizer.</summary>
    public PromptBank? Prompts { get; init; }

    public Precision Precision { get; init; }

    public SixthRisk SixthRisk { get; init; }

    /// <summary>Under which terms the weights were given, in the words of who brings them.</summary>
    public required string Licence { get; init; }
}

/// <summary>How far an import is.</summary>
/// <param name="Share">Of this step, 0 to 1.</param>
public readonly record struct ImportStep(string Step, double Share);
