using System.Globalization;

namespace TriageWorker.Web;

/// <summary>
/// The common axis of a study's finding scores, so that their bars can be compared. Zero-shot scores have no natural
/// ends; the axis spans what was scored, every threshold and zero, with a little air.
/// </summary>
public sealed class ScoreScale
{
    public const int Width = 240;
    private const double Air = 0.06;
    private readonly double _low, _span;

    public ScoreScale(IEnumerable<FindingView> findings)
    {
        double[] values = [0, .. findings.SelectMany(finding => new[] { finding.Score, finding.Threshold ?? 0 }).Where(double.IsFinite)];
        var (low, high) = (values.Min(), values.Max());
        var span = Math.Max(high - low, 0.1);
        _low = low - Air * span;
        _span = span * (1 + 2 * Air);
    }

    /// <summary>Where a score lies, in pixels from the left; null for what is no number.</summary>
    public string? At(double score) => double.IsFinite(score) ? ((score - _low) / _span * Width).ToString("0.0", CultureInfo.InvariantCulture) : null;
}
