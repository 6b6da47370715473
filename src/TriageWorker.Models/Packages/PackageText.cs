using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Packages;

/// <summary>What of a package reads sentences. <see cref="TextModel"/> opens it.</summary>
public sealed class PackageText
{
    internal PackageText(string digest, TextParts parts) => (Digest, Parts) = (digest, parts);

    /// <summary>
    /// SHA-256, lower-case hexadecimal, over everything that a sentence's vector depends on: graph, weights, tokenizer and the sanitiser's id. Vectors made under another digest are
    /// not comparable with these.
    /// </summary>
    public string Digest { get; }

    /// <summary>Numbers in a vector; as many as the image's contrastive vector has.</summary>
    public int Size => Parts.Size;

    internal TextParts Parts { get; }
}

/// <summary>The text part's verified files and what the manifest says of them.</summary>
internal sealed record TextParts
{
    public required string Graph { get; init; }

    public required string Input { get; init; }

    public required string Output { get; init; }

    public required int Size { get; init; }

    public required int Vocabulary { get; init; }

    public required IReadOnlyList<string> TokenizerFiles { get; init; }

    public required SpecialTokens Special { get; init; }

    public required int Longest { get; init; }

    public required TextGolden Golden { get; init; }
}
