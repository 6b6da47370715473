using System.Globalization;
using System.Security.Cryptography;
using System.Text.Json;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Prompts;

/// <summary>Turns a bank as written into a bank as used, naming everything that stands in the way.</summary>
internal sealed class PromptBankReader(Faults faults)
{
    private const int MostFindings = 1000, MostSentences = 500, LongestSentence = 1000;
    private const double LargestScore = 2;

    /// <summary>Null when there are faults.</summary>
    public PromptBank? Read(byte[] json, PromptBank? known)
    {
        var plain = PlainPrompts.Find(json);
        if (plain is not null && known is null) faults.Add("schema", "is missing");
        if (faults.All.Count > 0) return null;
        var document = plain is null ? Parse(json) : Plain(plain.Value, known!, json);
        if (document is null) return null;
        if (document.Schema != PromptBank.Schema)
        {
            faults.Add("schema", $"is {document.Schema?.ToString(CultureInfo.InvariantCulture) ?? "missing"}; this version reads {PromptBank.Schema}");
            return null;
        }

        var kept = plain is null ? json : JsonSerializer.SerializeToUtf8Bytes(document, PromptBankJson.Default.PromptBankDocument);
        var bank = new PromptBank
        {
            Id = faults.Text("id", document.Id),
            Version = faults.Text("version", document.Version),
            Language = faults.Text("language", document.Language),
            Findings = Findings(document.Findings),
            Json = kept,
            Digest = Convert.ToHexStringLower(SHA256.HashData(kept)),
        };
        return faults.All.Count == 0 ? bank : null;
    }

    private PromptBankDocument? Plain(JsonElement plain, PromptBank known, byte[] json)
    {
        try
        {
            return PlainPrompts.Read(plain, known, json, faults);
        }
        catch (InvalidOperationException error) // half of a pair of surrogates, which the parser leaves to whoever reads the text
        {
            faults.Add("the file", error.Message.TrimEnd('.'));
            return null;
        }
    }

    private PromptBankDocument? Parse(byte[] json)
    {
        try
        {
            var document = JsonSerializer.Deserialize(json, PromptBankJson.Default.PromptBankDocument);
            if (document is null) faults.Add("the file", "is empty");
            return document;
        }
        catch (JsonException error)
        {
            faults.Add("the file", error);
            return null;
        }
    }

    private List<PromptFinding> Findings(IReadOnlyList<PromptFindingDocument>? documents)
    {
        if (!faults.NotEmpty("findings", documents)) return [];
        if (documents.Count > MostFindings) faults.Add("findings", $"are {documents.Count}; at most {MostFindings} are read");
        var labels = LabelReader.Read("findings", [.. documents.Select(each => new LabelDocument { Key = each.Key, Label = each.Label, Code = each.Code, Site = each.Site })], faults);
        return [.. documents.Select((document, i) => Finding($"findings[{i}]", document, labels[i]))];
    }

    private PromptFinding Finding(string path, PromptFindingDocument document, ScoreLabel label)
    {
        if (label.Key.Any(letter => !char.IsAsciiLetterUpper(letter) && !char.IsAsciiDigit(letter) && letter != '_'))
            faults.Add($"{path}.key", $"{label.Key} may have the letters A to Z, digits and _ only");
        if (document.Threshold is { } threshold && !(Math.Abs(threshold) <= LargestScore)) faults.Add($"{path}.threshold", "must be -2 to 2, as scores are");
        var seen = new Dictionary<string, string>(StringComparer.Ordinal);
        return new PromptFinding(label, document.Name, document.Level ?? ProposedLevel.None, document.Threshold,
            Sentences($"{path}.positive", document.Positive, seen), Sentences($"{path}.negative", document.Negative, seen));
    }

    /// <summary>The same sentence on both sides would say nothing, and twice on one would weigh double unseen.</summary>
    private IReadOnlyList<string> Sentences(string path, IReadOnlyList<string>? sentences, Dictionary<string, string> seen)
    {
        if (!faults.NotEmpty(path, sentences)) return [];
        if (sentences.Count > MostSentences) faults.Add(path, $"has {sentences.Count} sentences; at most {MostSentences} are read");
        for (var i = 0; i < sentences.Count; i++)
        {
            var (at, sentence) = ($"{path}[{i}]", sentences[i]);
            if (!sentence.Any(char.IsLetterOrDigit)) faults.Add(at, "says nothing");
            else if (sentence.Length > LongestSentence) faults.Add(at, $"is longer than {LongestSentence} characters");
            else if (sentence.Any(char.IsControl)) faults.Add(at, "has a control character");
            else if (!seen.TryAdd(Bare(sentence), at)) faults.Add(at, $"says the same as {seen[Bare(sentence)]}");
        }

        return sentences;
    }

    /// <summary>As the text encoder sees it, nearly: without case and spaces.</summary>
    private static string Bare(string sentence) => string.Concat(sentence.ToLowerInvariant().Where(letter => !char.IsWhiteSpace(letter)));
}
