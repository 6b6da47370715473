using System.Text.Json;
using System.Text.Json.Nodes;
using TriageWorker.Models.Sentences;

namespace TriageWorker.Models.Tests.Sentences;

/// <summary>A byte-pair tokenizer of few merges, small enough to encode by hand: special tokens 0 to 3, the bytes from 4, then what the merges make.</summary>
internal static class SmallTokenizer
{
    /// <summary>In GPT-2's writing, Ġ for a space.</summary>
    public static readonly string[] Merges = ["Ġ f", "r e", "re e", "Ġf ree", "n o", "a i", "ai r", "Ġ air", "Ġ .", "l i", "li v", "e r"];

    public static Dictionary<string, int> Vocabulary(IEnumerable<string>? merges = null)
    {
        string[] tokens = ["<s>", "<pad>", "</s>", "<unk>", .. ByteAlphabet.Characters.Select(letter => letter.ToString()), .. (merges ?? Merges).Select(merge => merge.Replace(" ", "", StringComparison.Ordinal))];
        return tokens.Select((token, id) => (token, id)).ToDictionary(pair => pair.token, pair => pair.id);
    }

    /// <summary>As vocab.json and merges.txt.</summary>
    public static string Write(string folder, IReadOnlyDictionary<string, int>? vocabulary = null, string? merges = null)
    {
        Directory.CreateDirectory(folder);
        File.WriteAllText(Path.Combine(folder, "vocab.json"), JsonSerializer.Serialize(vocabulary ?? Vocabulary()));
        File.WriteAllText(Path.Combine(folder, "merges.txt"), merges ?? $"#version: 0.2\n{string.Join('\n', Merges)}\n");
        return folder;
    }

    /// <summary>As the one tokenizer.json, which a test may change.</summary>
    public static string WriteWhole(string folder, Action<JsonObject>? edit = null)
    {
        Directory.CreateDirectory(folder);
        var whole = new JsonObject
        {
            ["version"] = "1.0",
            ["truncation"] = null,
            ["added_tokens"] = new JsonArray(new JsonObject { ["id"] = 0, ["content"] = "<s>", ["special"] = true }, new JsonObject { ["id"] = 279, ["content"] = "<mask>", ["special"] = true }),
            ["normalizer"] = null,
            ["pre_tokenizer"] = new JsonObject { ["type"] = "ByteLevel", ["add_prefix_space"] = false, ["trim_offsets"] = true },
            ["post_processor"] = new JsonObject { ["type"] = "RobertaProcessing", ["sep"] = new JsonArray("</s>", 2), ["cls"] = new JsonArray("<s>", 0), ["trim_offsets"] = true, ["add_prefix_space"] = false },
            ["model"] = new JsonObject { ["type"] = "BPE", ["dropout"] = null, ["unk_token"] = null, ["continuing_subword_prefix"] = "", ["end_of_word_suffix"] = "", ["vocab"] = JsonSerializer.SerializeToNode(Vocabulary()), ["merges"] = JsonSerializer.SerializeToNode(Merges) },
        };
        edit?.Invoke(whole);
        File.WriteAllText(Path.Combine(folder, "tokenizer.json"), whole.ToJsonString());
        return folder;
    }

    public static BytePairs Read(string folder) => TokenizerFiles.Read(TokenizerFiles.In(folder));
}
