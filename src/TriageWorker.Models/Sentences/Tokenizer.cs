namespace TriageWorker.Models.Sentences;

/// <summary>The tokens that are no text.</summary>
internal readonly record struct SpecialTokens(int Begin, int Pad, int End)
{
    /// <summary>As RoBERTa's vocabulary writes them.</summary>
    public const string BeginText = "<s>", PadText = "<pad>", EndText = "</s>";

    public static SpecialTokens Of(BytePairs pairs) => new(pairs.Ids[BeginText], pairs.Ids[PadText], pairs.Ids[EndText]);
}

/// <summary>RoBERTa's tokenizer: begin, the text's byte pairs, end; what is longer than the encoder reads is cut before the end. Names of special tokens in a text are text.</summary>
internal sealed class Tokenizer(BytePairs pairs, SpecialTokens special, int longest)
{
    public int[] Encode(string text) => [special.Begin, .. pairs.Encode(text).Take(longest - 2), special.End];

    /// <summary>Sequences in one matrix, row by row, each padded to the longest.</summary>
    public (long[] Ids, int Length) Pad(IReadOnlyList<int[]> sequences)
    {
        var length = sequences.Max(sequence => sequence.Length);
        var ids = new long[sequences.Count * length];
        Array.Fill(ids, special.Pad);
        for (var row = 0; row < sequences.Count; row++)
            for (var i = 0; i < sequences[row].Length; i++) ids[(row * length) + i] = sequences[row][i];
        return (ids, length);
    }
}
