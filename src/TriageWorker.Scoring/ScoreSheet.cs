using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

/// <summary>The model's output in the product's words.</summary>
internal static class ScoreSheet
{
    public static StudyScores Of(WarmModel model, ModelOutput output, IReadOnlyDictionary<string, ModelAttention> attention) => new(
        model.Package,
        [.. output.Findings.Select(s => new FindingScore(s.Label.Key, s.Label.Label, s.Score, Coded(s.Label.Code), s.Label.Site is { } site ? Coded(site) : null)
        {
            Attention = attention.GetValueOrDefault(s.Label.Key),
        })],
        [.. output.Phenotypes.Select(s => new PhenotypeScore(s.Label.Key, s.Label.Label, s.Score, Coded(s.Label.Code)))],
        Risks(output)) { RisksFollow = model.HasDeferred };

    public static IReadOnlyList<RiskScore> Risks(ModelOutput output) =>
        [.. output.Risks.Select(s => new RiskScore(s.Label.Key, s.Label.Label, s.Score, Coded(s.Label.Code)) { Held = s.Label.Held })];

    private static CodedConcept Coded(LabelCode code) => new(code.Value, code.Scheme, code.Meaning);
}
