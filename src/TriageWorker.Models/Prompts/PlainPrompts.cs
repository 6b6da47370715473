using System.Security.Cryptography;
using System.Text.Json;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Prompts;

/// <summary>
/// Lists of prompts as they are published: one JSON object, whose names are findings (<c>free_air</c>) and whose values are
/// <c>{ "positive": […], "negative": […] }</c> or <c>[[…], […]]</c>, positive first. Names that the known bank has get its keys, codes and levels;
/// any other becomes a finding of its own with a code of scheme 99TRIAGE.
/// </summary>
internal static class PlainPrompts
{
    private const string Schema = "schema", Positive = "positive", Negative = "negative";

    /// <summary>The object, if the file is one of these and no bank.</summary>
    public static JsonElement? Find(byte[] json)
    {
        try
        {
            using var document = JsonDocument.Parse(json, new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
            var root = document.RootElement;
            var isPlain = root.ValueKind == JsonValueKind.Object && !root.TryGetProperty(Schema, out _) && !root.TryGetProperty("findings", out _) && root.EnumerateObject().Any();
            return isPlain ? root.Clone() : null;
        }
        catch (JsonException)
        {
            return null; // the reader of banks says where
        }
    }

    /// <returns>The same as a bank; faults where it is none.</returns>
    public static PromptBankDocument Read(JsonElement root, PromptBank known, byte[] json, Faults faults)
    {
        var byName = known.Findings.Where(finding => finding.Name is not null).ToDictionary(finding => Name(finding.Name!), StringComparer.Ordinal);
        return new PromptBankDocument
        {
            Schema = PromptBank.Schema,
            Id = "imported-prompts",
            Version = Convert.ToHexStringLower(SHA256.HashData(json))[..12],
            Language = "en",
            Note = "Made of a plain list of prompts that the site brought.",
            Findings = [.. root.EnumerateObject().Select(property => Finding(property, byName.GetValueOrDefault(Name(property.Name)), faults))],
        };
    }

    private static PromptFindingDocument Finding(JsonProperty property, PromptFinding? known, Faults faults)
    {
        var key = known?.Label.Key ?? Name(property.Name).ToUpperInvariant();
        var (positive, negative) = property.Value switch
        {
            { ValueKind: JsonValueKind.Object } sides when sides.EnumerateObject().All(side => side.Name is Positive or Negative) => (Side(sides, Positive), Side(sides, Negative)),
            { ValueKind: JsonValueKind.Array } sides when sides.GetArrayLength() == 2 => (sides[0], sides[1]),
            _ => (default(JsonElement?), default(JsonElement?)),
        };
        return new PromptFindingDocument
        {
            Key = key,
            Name = property.Name,
            Label = known?.Label.Label ?? property.Name.Replace('_', ' '),
            Code = known is null ? new CodeDocument { Value = key, Scheme = "99TRIAGE", Meaning = property.Name.Replace('_', ' ') } : Code(known.Label.Code),
            Site = known?.Label.Site is { } site ? Code(site) : null,
            Level = known?.Level,
            Threshold = known?.Threshold,
            Positive = Sentences($"{property.Name}.{Positive}", positive, faults),
            Negative = Sentences($"{property.Name}.{Negative}", negative, faults),
        };
    }

    private static JsonElement? Side(JsonElement sides, string name) => sides.TryGetProperty(name, out var side) ? side : null;

    private static List<string>? Sentences(string path, JsonElement? side, Faults faults)
    {
        if (side is { ValueKind: JsonValueKind.Array } list && list.EnumerateArray().All(each => each.ValueKind == JsonValueKind.String))
            return [.. list.EnumerateArray().Select(each => each.GetString()!)];
        faults.Add(path, "must be a list of sentences; a finding's value is { \"positive\": […], \"negative\": […] } or [[…], […]]");
        return null;
    }

    private static CodeDocument Code(LabelCode code) => new() { Value = code.Value, Scheme = code.Scheme, Meaning = code.Meaning };

    /// <summary>Free air, free-air and free_air are one name.</summary>
    private static string Name(string name) => name.Trim().ToLowerInvariant().Replace(' ', '_').Replace('-', '_');
}
