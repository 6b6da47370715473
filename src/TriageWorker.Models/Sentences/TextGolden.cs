namespace TriageWorker.Models.Sentences;

/// <summary>What the text part of a package must say, so that a wrong library, file or rule is found before a sentence is compared with a patient.</summary>
internal sealed record TextGolden
{
    /// <summary>Goes through sanitiser and tokenizer.</summary>
    public required string Sentence { get; init; }

    /// <summary>One after the other, all through the graph in one batch: the sentence's own first, and others that show attention's window and the padding.</summary>
    public required IReadOnlyList<int[]> Ids { get; init; }

    /// <summary>For each of them, from a forward pass in double precision.</summary>
    public required IReadOnlyList<float[]> Vectors { get; init; }

    /// <summary>Largest allowed difference of any number of a unit vector.</summary>
    public required double Tolerance { get; init; }
}
