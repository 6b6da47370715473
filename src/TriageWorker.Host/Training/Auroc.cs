namespace TriageWorker.Host.Training;

/// <summary>Area under the receiver operating characteristic: the chance that a positive outscores a negative, ties counting half.</summary>
public static class Auroc
{
    /// <returns>Not a number when one side is empty.</returns>
    public static double Of(IReadOnlyList<(double Score, bool Holds)> scores)
    {
        var positives = scores.Count(each => each.Holds);
        var negatives = scores.Count - positives;
        var (sum, below) = (0.0, 0);
        foreach (var tied in scores.GroupBy(each => each.Score).OrderBy(group => group.Key))
        {
            var (holding, notHolding) = (tied.Count(each => each.Holds), tied.Count(each => !each.Holds));
            sum += holding * (below + (notHolding / 2.0));
            below += notHolding;
        }

        return sum / ((double)positives * negatives);
    }
}
