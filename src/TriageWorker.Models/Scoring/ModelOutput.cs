using TriageWorker.Models.Packages;

namespace TriageWorker.Models.Scoring;

/// <summary>One score with what it is about.</summary>
public readonly record struct LabelScore(ScoreLabel Label, double Score);

/// <summary>Everything a package said about one tensor.</summary>
/// <param name="Findings">Difference of mean cosines, in [-2, 2]. What counts as positive is the site's policy, not the model's.</param>
/// <param name="Phenotypes">In [0, 1], uncalibrated.</param>
/// <param name="Risks">In [0, 1], uncalibrated; those that are held back too, which may be kept and not told.</param>
/// <param name="Embedding">The pooled feature vector, not normalised; empty when the package has none.</param>
/// <param name="Contrastive">Unit vector that the findings were scored with; empty when the package has none.</param>
/// <param name="FeatureMap">From which activation maps are made; null when the package gives none.</param>
public sealed record ModelOutput(
    IReadOnlyList<LabelScore> Findings,
    IReadOnlyList<LabelScore> Phenotypes,
    IReadOnlyList<LabelScore> Risks,
    ReadOnlyMemory<float> Embedding,
    ReadOnlyMemory<float> Contrastive,
    FeatureMap? FeatureMap);

/// <summary>The features before their mean is taken, channel by channel: index <c>((c·Depth + d)·Rows + r)·Columns + k</c>. The mean over all cells is the embedding.</summary>
/// <remarks>As in Merlin, depth runs along the tensor's third axis (Z), rows along the first (X) and columns along the second (Y).</remarks>
public sealed record FeatureMap(int Channels, int Depth, int Rows, int Columns, ReadOnlyMemory<float> Values)
{
    /// <summary>The order of its axes as a manifest says it.</summary>
    public const string Axes = "zxy";
}
