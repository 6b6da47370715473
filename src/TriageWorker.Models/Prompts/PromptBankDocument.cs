using System.Text.Json;
using System.Text.Json.Serialization;
using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Prompts;

/// <summary>A prompt bank exactly as it may be written, schema 1. Everything may be absent here, so that all faults are named at once.</summary>
internal sealed record PromptBankDocument
{
    public int? Schema { get; init; }
    public string? Id { get; init; }
    public string? Version { get; init; }
    public string? Language { get; init; }
    public string? Note { get; init; }
    public IReadOnlyList<PromptFindingDocument>? Findings { get; init; }
}

internal sealed record PromptFindingDocument
{
    public string? Key { get; init; }
    public string? Name { get; init; }
    public string? Label { get; init; }
    public CodeDocument? Code { get; init; }
    public CodeDocument? Site { get; init; }
    public ProposedLevel? Level { get; init; }
    public double? Threshold { get; init; }
    public IReadOnlyList<string>? Positive { get; init; }
    public IReadOnlyList<string>? Negative { get; init; }
}

/// <summary>People edit banks, so comments may stand in them; an unknown key is a fault, as in a manifest, and so is one that stands twice.</summary>
[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow,
    DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull, ReadCommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, AllowDuplicateProperties = false, WriteIndented = true)]
[JsonSerializable(typeof(PromptBankDocument))]
internal sealed partial class PromptBankJson : JsonSerializerContext;
