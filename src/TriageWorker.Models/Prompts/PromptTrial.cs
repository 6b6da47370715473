using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;

namespace TriageWorker.Models.Prompts;

/// <summary>What trying a finding's sentences says of one image.</summary>
/// <param name="Before">Score under the sentences that the package has; null for a finding that it has not.</param>
public readonly record struct TrialScore(double Score, bool IsFlagged, double? Before, bool? WasFlagged)
{
    /// <summary>Whether the image is on another side of its threshold than under the package's sentences.</summary>
    public bool ChangesSide => WasFlagged is { } was && was != IsFlagged;
}

/// <summary>Scores images by sentences that no package has yet, beside those that it has.</summary>
public sealed class PromptTrial
{
    private readonly FindingLabel _tried;
    private readonly FindingLabel? _present;

    private PromptTrial(PromptFinding finding, FindingLabel tried, FindingLabel? present, bool isChanged, double threshold, double thresholdBefore) =>
        (Finding, _tried, _present, IsChanged, Threshold, ThresholdBefore) = (finding, tried, present, isChanged, threshold, thresholdBefore);

    public PromptFinding Finding { get; }

    /// <summary>Whether the package has no such finding.</summary>
    public bool IsNew => _present is null;

    /// <summary>Whether the package has it with other sentences.</summary>
    public bool IsChanged { get; }

    /// <summary>A score of this or more flags.</summary>
    public double Threshold { get; }

    /// <summary>The same under the package's sentences.</summary>
    public double ThresholdBefore { get; }

    public ScoreDistribution Scores { get; } = new();

    public long Flagged { get; private set; }

    /// <summary>Flagged now and not under the package's sentences.</summary>
    public long Gained { get; private set; }

    /// <summary>Flagged under the package's sentences and not now.</summary>
    public long Lost { get; private set; }

    /// <param name="vectors">Of the finding's sentences, those for it before those against it, each of length 1.</param>
    public static PromptTrial Of(ModelPackage package, PromptFinding finding, IReadOnlyList<float[]> vectors, double threshold, double thresholdBefore)
    {
        ReadOnlyMemory<float>[] rows = [.. vectors.Select(vector => (ReadOnlyMemory<float>)vector)];
        var tried = new FindingLabel(finding.Label, LabelDirection.Of(rows[..finding.Positive.Count], rows[finding.Positive.Count..]));
        var present = package.Findings.FirstOrDefault(each => each.Label.Key == finding.Label.Key);
        return new PromptTrial(finding, tried, present, present is not null && !IsSame(package, finding), threshold, thresholdBefore);
    }

    /// <summary>Whether the package has this finding with these very sentences.</summary>
    public static bool IsSame(ModelPackage package, PromptFinding finding) =>
        package.Prompts?.Bank.Findings.FirstOrDefault(each => each.Label.Key == finding.Label.Key) is { } present && present.SaysTheSameAs(finding);

    /// <summary>Scores one image as the package itself would.</summary>
    /// <param name="unit">Its contrastive vector.</param>
    /// <exception cref="ArgumentException">It has another number of numbers than the sentences' vectors.</exception>
    public TrialScore Add(ReadOnlySpan<float> unit)
    {
        if (unit.Length != _tried.Direction.Length) throw new ArgumentException($"The vector has {unit.Length} numbers, and those of the sentences have {_tried.Direction.Length}.", nameof(unit));
        var score = ZeroShot.Score(_tried, unit).Score;
        double? before = _present is { } present ? ZeroShot.Score(present, unit).Score : null;
        var said = new TrialScore(score, score >= Threshold, before, before is { } known ? known >= ThresholdBefore : null);
        Scores.Add(score);
        if (said.IsFlagged) Flagged++;
        if (said.ChangesSide && said.IsFlagged) Gained++;
        if (said.ChangesSide && !said.IsFlagged) Lost++;
        return said;
    }
}
