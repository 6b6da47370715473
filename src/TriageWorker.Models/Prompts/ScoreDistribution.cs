namespace TriageWorker.Models.Prompts;

/// <summary>How scores are spread, in memory that does not grow with their number: they are counted in steps of 1e-4 over the scores' whole range.</summary>
public sealed class ScoreDistribution
{
    private const double Lowest = -2, Step = 1e-4;
    private const int Steps = 40_001;
    private readonly long[] _counts = new long[Steps];

    public long Count { get; private set; }

    public double Least { get; private set; } = double.PositiveInfinity;

    public double Most { get; private set; } = double.NegativeInfinity;

    public void Add(double score)
    {
        _counts[Math.Clamp((int)Math.Round((score - Lowest) / Step), 0, Steps - 1)]++;
        Count++;
        Least = Math.Min(Least, score);
        Most = Math.Max(Most, score);
    }

    /// <summary>The score that this share of all does not exceed: exact to half a step, and never beyond the least and the most.</summary>
    /// <exception cref="InvalidOperationException">There is none.</exception>
    public double Quantile(double share)
    {
        if (Count == 0) throw new InvalidOperationException("A quantile of nothing was asked for.");
        var rank = Math.Max(1, (long)Math.Ceiling(share * Count));
        for (var (step, below) = (0, 0L); step < Steps; step++)
        {
            below += _counts[step];
            if (below >= rank) return Math.Clamp(Lowest + (step * Step), Least, Most);
        }

        return Most;
    }
}
