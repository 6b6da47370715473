namespace TriageWorker.Models.Packages;

/// <summary>What reads sentences: a graph, the tokenizer's files, and what is done to a sentence before.</summary>
internal sealed record TextDocument
{
    public string? File { get; init; }
    public string? Sha256 { get; init; }

    /// <summary>Weights that are too many for the graph's own file.</summary>
    public IReadOnlyList<GraphDataDocument>? Data { get; init; }
    public string? Input { get; init; }
    public string? Output { get; init; }

    /// <summary>Numbers in a vector.</summary>
    public int? Size { get; init; }
    public int? Vocabulary { get; init; }

    /// <summary>Attention's heads, and how many tokens it spans in all; both are in the graph and stand here for whoever reads.</summary>
    public int? Heads { get; init; }
    public int? Window { get; init; }
    public string? Sanitiser { get; init; }
    public TokenizerDocument? Tokenizer { get; init; }
    public GoldenDocument? Golden { get; init; }
}

/// <param name="Files">One <c>tokenizer.json</c>, or a vocabulary and its merges.</param>
internal sealed record TokenizerDocument(IReadOnlyList<GraphDataDocument>? Files)
{
    public string? Kind { get; init; }
    public int? Begin { get; init; }
    public int? Pad { get; init; }
    public int? End { get; init; }

    /// <summary>In tokens, begin and end with them.</summary>
    public int? Longest { get; init; }
}
