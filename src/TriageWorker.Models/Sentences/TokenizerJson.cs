using System.Text.Json;

namespace TriageWorker.Models.Sentences;

/// <summary>
/// A whole tokenizer in one file, as Hugging Face's library saves it. It can describe many kinds; one that is not RoBERTa's is refused, because it would cut sentences otherwise
/// than the encoder was taught.
/// </summary>
internal static class TokenizerJson
{
    /// <exception cref="FormatException">It is no such file, or another kind of tokenizer.</exception>
    public static BytePairs Read(string json)
    {
        try
        {
            using var document = JsonDocument.Parse(json);
            var root = document.RootElement;
            Want(root, "model.type", "BPE");
            Want(root, "pre_tokenizer.type", "ByteLevel");
            Want(root, "pre_tokenizer.add_prefix_space", "false");
            Want(root, "pre_tokenizer.use_regex", "true", "");
            Want(root, "normalizer", "");
            Want(root, "post_processor.type", "RobertaProcessing");
            foreach (var (option, usual) in (ReadOnlySpan<(string, string)>)[("model.dropout", ""), ("model.continuing_subword_prefix", ""), ("model.end_of_word_suffix", ""), ("model.byte_fallback", "false"), ("model.ignore_merges", "false")])
                Want(root, option, usual, "");
            var vocabulary = TokenizerVocabulary.Of(At(root, "model.vocab"));
            AddSpecial(vocabulary, At(root, "added_tokens"));
            return vocabulary.With(Merges(At(root, "model.merges")));
        }
        catch (JsonException why)
        {
            throw new FormatException($"it is no JSON: {why.Message.TrimEnd('.')}", why);
        }
    }

    private static void Want(JsonElement root, string path, params ReadOnlySpan<string> values)
    {
        var found = At(root, path);
        var text = found.ValueKind switch
        {
            JsonValueKind.Undefined or JsonValueKind.Null => "",
            JsonValueKind.String => found.GetString()!,
            _ => found.GetRawText(),
        };
        if (!values.Contains(text)) throw new FormatException($"{path} is '{text}', and RoBERTa's is '{values[0]}'");
    }

    /// <summary>Undefined where there is none.</summary>
    private static JsonElement At(JsonElement element, string path)
    {
        foreach (var name in path.Split('.'))
            if (element.ValueKind != JsonValueKind.Object || !element.TryGetProperty(name, out element)) return default;
        return element;
    }

    /// <summary>They may stand in the vocabulary too, with the same number.</summary>
    private static void AddSpecial(TokenizerVocabulary vocabulary, JsonElement added)
    {
        if (added.ValueKind is JsonValueKind.Undefined or JsonValueKind.Null) return;
        if (added.ValueKind != JsonValueKind.Array) throw new FormatException("added_tokens is no list");
        foreach (var token in added.EnumerateArray())
        {
            if (At(token, "content") is not { ValueKind: JsonValueKind.String } content || At(token, "id") is not { ValueKind: JsonValueKind.Number } number || !number.TryGetInt32(out var id) || id < 0)
                throw new FormatException("added_tokens has one without a content and a number");
            if (!vocabulary.Has(content.GetString()!, id)) vocabulary.Add(content.GetString()!, id);
        }
    }

    /// <summary>"a b" in older files, ["a", "b"] in newer ones.</summary>
    private static IEnumerable<Merge> Merges(JsonElement merges)
    {
        if (merges.ValueKind != JsonValueKind.Array) throw new FormatException("model.merges is no list");
        var number = 0;
        foreach (var merge in merges.EnumerateArray())
        {
            var where = $"model.merges[{number++}]";
            string[] parts = merge.ValueKind switch
            {
                JsonValueKind.String => merge.GetString()!.Split(' '),
                JsonValueKind.Array => [.. merge.EnumerateArray().Select(part => part.ValueKind == JsonValueKind.String ? part.GetString()! : "")],
                _ => [],
            };
            yield return parts is [{ Length: > 0 } left, { Length: > 0 } right] ? new Merge(left, right, where) : throw new FormatException($"{where} is not two tokens");
        }
    }
}
