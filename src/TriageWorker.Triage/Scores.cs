using System.Text.Json.Serialization;

namespace TriageWorker.Triage;

/// <summary>Which model package made a result.</summary>
/// <param name="Digest">SHA-256, lower-case hexadecimal, over the manifest and every file it names.</param>
/// <param name="Demonstration">True when the package has no clinical value; its results stay inside demonstration destinations.</param>
public sealed record PackageIdentity(string Id, string Version, string Title, string Digest, bool Demonstration);

/// <summary>A zero-shot finding: the difference of mean cosines to its positive and its negative label vectors, in [-2, 2].</summary>
/// <param name="Key">The product's own key, at most 16 characters (scheme 99TRIAGE).</param>
public sealed record FindingScore(string Key, string Label, double Score, CodedConcept Code, CodedConcept? Site = null)
{
    /// <summary>Null where the package gives no activation maps, or nothing of the finding's stands out.</summary>
    public ModelAttention? Attention { get; init; }
}

/// <summary>A phenotype score in [0, 1]: uncalibrated, never a diagnosis, never raises a priority.</summary>
public sealed record PhenotypeScore(string Key, string Label, double Score, CodedConcept Code);

/// <summary>A five-year risk in [0, 1]: uncalibrated, never raises a priority.</summary>
public sealed record RiskScore(string Key, string Label, double Score, CodedConcept Code)
{
    /// <summary>Why it is kept and not told, as its package has it; null for all that are told.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Held { get; init; }

    /// <summary>What must be said with it; never stored.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingNull)]
    public string? Note { get; init; }
}

/// <summary>Everything one package said of one generation.</summary>
public sealed record StudyScores(
    PackageIdentity Package,
    IReadOnlyList<FindingScore> Findings,
    IReadOnlyList<PhenotypeScore> Phenotypes,
    IReadOnlyList<RiskScore> Risks)
{
    /// <summary>The package computes its risks after the urgent work: there were none when this was decided on.</summary>
    [JsonIgnore(Condition = JsonIgnoreCondition.WhenWritingDefault)]
    public bool RisksFollow { get; init; }
}
