using System.Globalization;
using System.Text.Json;

namespace TriageWorker.Models.Sentences;

/// <summary>Two tokens that become one.</summary>
/// <param name="Where">In the file, as a person would look for it.</param>
internal readonly record struct Merge(string Left, string Right, string Where);

/// <summary>Which number each token has. Nothing in it is taken on trust: with its merges it can encode every text.</summary>
internal sealed class TokenizerVocabulary
{
    private readonly Dictionary<string, int> _ids = new(StringComparer.Ordinal);
    private readonly Dictionary<int, string> _tokens = [];

    private TokenizerVocabulary()
    {
    }

    /// <exception cref="FormatException">It is no JSON object of tokens and their numbers.</exception>
    public static TokenizerVocabulary Parse(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            return Of(document.RootElement);
        }
        catch (JsonException why)
        {
            throw new FormatException($"it is no JSON: {why.Message.TrimEnd('.')}", why);
        }
    }

    /// <exception cref="FormatException">It is no object of tokens and their numbers.</exception>
    public static TokenizerVocabulary Of(JsonElement tokens)
    {
        if (tokens.ValueKind != JsonValueKind.Object) throw new FormatException("its vocabulary is no JSON object of tokens and their numbers");
        var vocabulary = new TokenizerVocabulary();
        foreach (var token in tokens.EnumerateObject())
        {
            if (token.Value.ValueKind != JsonValueKind.Number || !token.Value.TryGetInt32(out var id) || id < 0) throw new FormatException($"'{token.Name}' has the number {token.Value.GetRawText()}, and should have a whole one from 0");
            vocabulary.Add(token.Name, id);
        }

        return vocabulary;
    }

    /// <exception cref="FormatException">The token has another number, or the number is another token's.</exception>
    public void Add(string token, int id)
    {
        if (!_ids.TryAdd(token, id)) throw new FormatException($"'{token}' stands twice in the vocabulary");
        if (!_tokens.TryAdd(id, token)) throw new FormatException($"'{token}' and '{_tokens[id]}' both have the number {id}");
    }

    public bool Has(string token, int id) => _ids.TryGetValue(token, out var found) && found == id;

    /// <exception cref="FormatException">Some text would have no tokens.</exception>
    public BytePairs With(IEnumerable<Merge> merges)
    {
        foreach (var special in (string[])[SpecialTokens.BeginText, SpecialTokens.PadText, SpecialTokens.EndText])
            if (!_ids.ContainsKey(special)) throw new FormatException($"the vocabulary has no {special}; this is not RoBERTa's, which Clinical-Longformer has");
        for (var value = 0; value < ByteAlphabet.Characters.Count; value++)
            if (!_ids.ContainsKey(ByteAlphabet.Characters[value].ToString())) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"the vocabulary has no token for the byte {value:x2} ('{ByteAlphabet.Characters[value]}'); this is no byte-level vocabulary"));
        var ranks = new Dictionary<(string, string), int>();
        foreach (var (left, right, where) in merges)
        {
            foreach (var token in (string[])[left, right, left + right])
                if (!_ids.ContainsKey(token)) throw new FormatException($"{where} has or makes '{token}', which the vocabulary has not; the two are of different tokenizers");
            if (!ranks.TryAdd((left, right), ranks.Count)) throw new FormatException($"{where} says again that '{left}' and '{right}' become one");
        }

        return ranks.Count > 0 ? new BytePairs(_ids, ranks) : throw new FormatException("there are no merges");
    }
}
