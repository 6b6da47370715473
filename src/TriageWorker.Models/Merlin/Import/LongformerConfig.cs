using System.Globalization;
using System.Text.Json;

namespace TriageWorker.Models.Merlin.Import;

/// <summary>What <c>config.json</c>, which is published beside the tokenizer, says of the encoder: how attention is divided, and whether it is the encoder of this checkpoint.</summary>
internal static class LongformerConfig
{
    private const string Name = "config.json";

    /// <param name="heads">As whoever imports says; null takes the file's word, and without a file the published number.</param>
    /// <exception cref="FormatException">The file, the checkpoint and what was said contradict each other.</exception>
    public static TextAttention Read(string folder, TextEncoder encoder, int? heads, int? window)
    {
        var path = Path.Combine(folder, Name);
        try
        {
            using var document = File.Exists(path) ? JsonDocument.Parse(File.ReadAllBytes(path)) : null;
            var config = document?.RootElement ?? default;
            Want(config, "hidden_size", encoder.Hidden);
            Want(config, "num_hidden_layers", encoder.Layers);
            Want(config, "intermediate_size", encoder.Inner);
            Want(config, "vocab_size", encoder.Vocabulary);
            Want(config, "max_position_embeddings", encoder.Positions);
            Want(config, "pad_token_id", TextEncoder.Pad);
            Want(config, "layer_norm_eps", TextEncoder.NormEpsilon);
            if (At(config, "hidden_act") is { } activation && activation.GetString() != "gelu") throw new FormatException($"hidden_act is {activation.GetRawText()}, and this version knows \"gelu\"");
            var attention = new TextAttention(heads ?? Numbers(config, "num_attention_heads") ?? TextAttention.Published.Heads, window ?? Numbers(config, "attention_window") ?? TextAttention.Published.Window);
            Want(config, "num_attention_heads", attention.Heads);
            Want(config, "attention_window", attention.Window);
            return attention.Fault(encoder) is { Length: > 0 } fault ? throw new FormatException(fault) : attention;
        }
        catch (Exception why) when (why is FormatException or JsonException or InvalidOperationException)
        {
            throw new FormatException($"The text encoder's attention is not known: {(File.Exists(path) ? $"{Name} in the tokenizer's folder: " : "")}{why.Message.TrimEnd('.')}.", why);
        }
    }

    private static void Want(JsonElement config, string key, double value)
    {
        foreach (var found in All(config, key))
            if (found != value) throw new FormatException(string.Create(CultureInfo.InvariantCulture, $"{key} is {found}, and the checkpoint or what was said of it has {value}"));
    }

    private static int? Numbers(JsonElement config, string key) => All(config, key).Select(value => (int?)value).FirstOrDefault();

    /// <summary>A number, or one for each layer.</summary>
    private static IEnumerable<double> All(JsonElement config, string key) => At(config, key) switch
    {
        null => [],
        { ValueKind: JsonValueKind.Array } list => list.EnumerateArray().Select(each => each.GetDouble()),
        { } one => [one.GetDouble()],
    };

    private static JsonElement? At(JsonElement config, string key) =>
        config.ValueKind == JsonValueKind.Object && config.TryGetProperty(key, out var value) && value.ValueKind != JsonValueKind.Null ? value : null;
}
