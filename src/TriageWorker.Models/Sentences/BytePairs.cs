namespace TriageWorker.Models.Sentences;

/// <summary>
/// A vocabulary of byte pairs: from the bytes of a piece, the pair that was learned first is merged until none is left. All 256 bytes are in the vocabulary, and so is what every
/// merge makes; every text therefore has tokens and none is unknown.
/// </summary>
internal sealed class BytePairs(IReadOnlyDictionary<string, int> ids, IReadOnlyDictionary<(string, string), int> ranks)
{
    public IReadOnlyDictionary<string, int> Ids { get; } = ids;

    public int Merges => ranks.Count;

    public IEnumerable<int> Encode(string text) => PreTokenizer.Pieces(text).SelectMany(piece => Merged(ByteAlphabet.Write(piece))).Select(token => Ids[token]);

    private List<string> Merged(string piece)
    {
        List<string> tokens = [.. piece.Select(letter => letter.ToString())];
        while (Best(tokens) is { } pair)
        {
            var kept = 0;
            for (var i = 0; i < tokens.Count; i++)
            {
                var isPair = i + 1 < tokens.Count && tokens[i] == pair.Left && tokens[i + 1] == pair.Right;
                tokens[kept++] = isPair ? tokens[i] + tokens[++i] : tokens[i];
            }

            tokens.RemoveRange(kept, tokens.Count - kept);
        }

        return tokens;
    }

    private (string Left, string Right)? Best(List<string> tokens)
    {
        (string, string)? best = null;
        var lowest = int.MaxValue;
        for (var i = 0; i + 1 < tokens.Count; i++)
        {
            if (!ranks.TryGetValue((tokens[i], tokens[i + 1]), out var rank) || rank >= lowest) continue;
            (best, lowest) = ((tokens[i], tokens[i + 1]), rank);
        }

        return best;
    }
}
