using System.Security.Cryptography;
using System.Text.Json;
using System.Text.Json.Serialization;
using System.Text.RegularExpressions;

namespace TriageWorker.Triage;

/// <summary>The JSON form of a <see cref="Policy"/>: <c>policy.json</c> of a package, or a site's own.</summary>
public static partial class PolicyFile
{
    /// <exception cref="FormatException">Says which part of the policy is wrong.</exception>
    public static Policy Parse(ReadOnlySpan<byte> json)
    {
        PolicyDocument? document;
        try
        {
            document = JsonSerializer.Deserialize(json, PolicyJson.Default.PolicyDocument);
        }
        catch (JsonException error)
        {
            throw new FormatException($"The policy is not valid JSON at {error.Path ?? "its start"}: {error.Message}", error);
        }

        if (document is null) throw new FormatException("The policy is empty.");
        if (document.Schema != 1) throw new FormatException($"schema is {document.Schema}; this version reads schema 1.");
        var seen = new HashSet<string>(StringComparer.Ordinal);
        for (var i = 0; i < document.Findings.Count; i++)
        {
            if (document.Findings[i] is not { } finding) throw new FormatException($"findings[{i}] is null.");
            if (!seen.Add(finding.Key)) throw new FormatException($"findings[{i}].key: {finding.Key} stands twice.");
            if (!double.IsFinite(finding.Threshold)) throw new FormatException($"findings[{i}].threshold is not a number.");
            if (!(finding.Band >= 0)) throw new FormatException($"findings[{i}].band must be 0 or more.");
            if (finding.Level is not (FlagLevel.Medium or FlagLevel.High)) throw new FormatException($"findings[{i}].level must be medium or high: a finding that raises nothing is not approved.");
            if (finding.ApprovedFor is { } digest && !ShortDigest().IsMatch(digest)) throw new FormatException($"findings[{i}].approvedFor must be the 16 characters 0-9 and a-f that triage models show prints for {finding.Key}.");
        }

        return new Policy(document.Id, document.Version, document.Package,
            [.. document.Findings.OfType<PolicyDocumentFinding>().Select(finding => new ApprovedFinding(finding.Key, finding.Level, finding.Threshold, finding.Band) { ApprovedFor = finding.ApprovedFor })],
            Convert.ToHexStringLower(SHA256.HashData(json)));
    }

    [GeneratedRegex(@"\A[0-9a-f]{16}\z")]
    private static partial Regex ShortDigest();
}

internal sealed record PolicyDocument
{
    public required int Schema { get; init; }

    public required string Id { get; init; }

    public required string Version { get; init; }

    public required string Package { get; init; }

    public required IReadOnlyList<PolicyDocumentFinding?> Findings { get; init; }
}

internal sealed record PolicyDocumentFinding
{
    public required string Key { get; init; }

    public required FlagLevel Level { get; init; }

    public required double Threshold { get; init; }

    public double Band { get; init; }

    /// <inheritdoc cref="ApprovedFinding.ApprovedFor"/>
    public string? ApprovedFor { get; init; }

    /// <summary>Who approved it on which figures; kept with the policy, not used in deciding.</summary>
    public string? Basis { get; init; }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, RespectNullableAnnotations = true,
    ReadCommentHandling = JsonCommentHandling.Skip, UnmappedMemberHandling = JsonUnmappedMemberHandling.Disallow)]
[JsonSerializable(typeof(PolicyDocument))]
internal sealed partial class PolicyJson : JsonSerializerContext;
