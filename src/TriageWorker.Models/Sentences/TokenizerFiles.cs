using System.Text;
using System.Text.Json;

namespace TriageWorker.Models.Sentences;

/// <summary>The files that a byte-pair tokenizer is published as: <c>vocab.json</c> with <c>merges.txt</c>, or the one <c>tokenizer.json</c>.</summary>
internal static class TokenizerFiles
{
    private const string Vocabulary = "vocab.json", Merges = "merges.txt", Whole = "tokenizer.json", Options = "tokenizer_config.json";
    private const long Largest = 64 << 20; // the published ones have some 2 MB

    private static readonly UTF8Encoding s_strict = new(encoderShouldEmitUTF8Identifier: false, throwOnInvalidBytes: true);

    /// <summary>The full paths of those that are in the folder.</summary>
    /// <exception cref="FormatException">They are not; or what is published beside them says that they are used in another way than RoBERTa's.</exception>
    public static IReadOnlyList<string> In(string folder)
    {
        if (!Directory.Exists(folder)) throw new FormatException($"The tokenizer's folder {folder} is not there.");
        string[] names = File.Exists(Path.Combine(folder, Vocabulary)) || File.Exists(Path.Combine(folder, Merges)) ? [Vocabulary, Merges] : [Whole];
        var missing = names.FirstOrDefault(name => !File.Exists(Path.Combine(folder, name)));
        RefusePrefix(Path.Combine(folder, Options));
        return missing is null ? [.. names.Select(name => Path.Combine(folder, name))]
            : throw new FormatException($"The tokenizer's folder {folder} has no {missing}; it should have {Vocabulary} and {Merges}, or {Whole}, as Clinical-Longformer is published.");
    }

    /// <param name="files">Two: vocabulary and merges; or one that holds both.</param>
    /// <exception cref="FormatException">Says which file, and what in it, is not as it should be.</exception>
    public static BytePairs Read(IReadOnlyList<string> files)
    {
        var at = files[0];
        try
        {
            if (files.Count == 1) return TokenizerJson.Read(Content(at));
            var vocabulary = TokenizerVocabulary.Parse(Content(at));
            at = files[1];
            return vocabulary.With(MergeLines(Content(at)));
        }
        catch (FormatException why)
        {
            throw new FormatException($"The tokenizer file {Path.GetFileName(at)} cannot be used: {why.Message}.", why);
        }
    }

    /// <summary>A space before the first word would give it another number.</summary>
    private static void RefusePrefix(string options)
    {
        if (!File.Exists(options)) return;
        try
        {
            using var document = JsonDocument.Parse(Content(options));
            if (document.RootElement.ValueKind == JsonValueKind.Object && document.RootElement.TryGetProperty("add_prefix_space", out var prefix) && prefix.ValueKind == JsonValueKind.True)
                throw new FormatException("add_prefix_space is true, and Merlin was taught without");
        }
        catch (Exception why) when (why is FormatException or JsonException)
        {
            throw new FormatException($"The tokenizer file {Options} cannot be used: {why.Message.TrimEnd('.')}.", why);
        }
    }

    private static string Content(string file)
    {
        if (new FileInfo(file).Length > Largest) throw new FormatException($"it is larger than {Largest >> 20} MB");
        try
        {
            return s_strict.GetString(File.ReadAllBytes(file)).TrimStart('\uFEFF');
        }
        catch (DecoderFallbackException why)
        {
            throw new FormatException("it is not UTF-8", why);
        }
    }

    /// <summary>A version line, then two tokens a line, in the order in which they were learned.</summary>
    private static IEnumerable<Merge> MergeLines(string text)
    {
        var number = 0;
        foreach (var each in text.Split('\n'))
        {
            number++;
            var line = each.TrimEnd('\r');
            if (line.Length == 0 || (number == 1 && line.StartsWith("#version", StringComparison.Ordinal))) continue;
            yield return line.Split(' ') is [{ Length: > 0 } left, { Length: > 0 } right] ? new Merge(left, right, $"line {number}") : throw new FormatException($"line {number} is not two tokens with a space between them");
        }
    }
}
