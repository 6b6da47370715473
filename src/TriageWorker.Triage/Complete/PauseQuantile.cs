namespace TriageWorker.Triage;

/// <summary>
/// A running quantile that is kept as a few numbers: the P² algorithm (R. Jain and I. Chlamtac, "The P² algorithm for dynamic
/// calculation of quantiles and histograms without storing observations", CACM 28(10), 1985).
/// </summary>
/// <remarks>Five markers: the least and the greatest value seen, the quantile, and one half way on either side. What was seen long
/// ago slowly counts for less, so that a scanner that was set up anew is learned anew.</remarks>
/// <param name="Count">Values seen.</param>
/// <param name="Heights">The markers' values, ascending; the values themselves while there are fewer than five.</param>
/// <param name="Positions">How many values lie at or below each marker, as far as they still count.</param>
public sealed record PauseQuantile(long Count, IReadOnlyList<double> Heights, IReadOnlyList<double> Positions)
{
    /// <summary>Which quantile: one study in twenty may pause for longer.</summary>
    public const double Share = 0.95;

    private const int Markers = 5, Middle = 2, RemembersUpTo = 256;
    private static readonly double[] s_shares = [0, Share / 2, Share, (1 + Share) / 2, 1];

    public static PauseQuantile Empty { get; } = new(0, [], []);

    /// <summary>The quantile. Below twenty values it is the greatest seen: five markers say little of the far end so early.</summary>
    /// <exception cref="InvalidOperationException">Nothing was seen.</exception>
    public double Value => Count switch
    {
        0 => throw new InvalidOperationException("Nothing was seen yet."),
        < (long)(1 / (1 - Share)) => Heights[^1],
        _ => Heights[Middle],
    };

    /// <summary>The same with one value more.</summary>
    public PauseQuantile With(double value)
    {
        if (Count < Markers)
            return new(Count + 1, [.. Heights.Append(value).Order()], [.. Enumerable.Range(1, (int)Count + 1)]);
        double[] heights = [.. Heights], positions = [.. Positions];
        if (positions[^1] >= RemembersUpTo) Forget(positions);
        heights[0] = Math.Min(heights[0], value);
        heights[^1] = Math.Max(heights[^1], value);
        for (var marker = 1; marker < Markers; marker++)
            if (value < heights[marker] || marker == Markers - 1) positions[marker]++;
        for (var marker = 1; marker < Markers - 1; marker++) Move(marker, heights, positions);
        return new(Count + 1, heights, positions);
    }

    private static void Move(int marker, double[] heights, double[] positions)
    {
        var wanted = 1 + ((positions[^1] - 1) * s_shares[marker]);
        var off = wanted - positions[marker];
        var (room, roomBelow) = (positions[marker + 1] - positions[marker], positions[marker] - positions[marker - 1]);
        if (!(off >= 1 && room > 1) && !(off <= -1 && roomBelow > 1)) return;
        var step = Math.Sign(off);
        var height = Parabola(marker, step, heights, positions);
        heights[marker] = heights[marker - 1] < height && height < heights[marker + 1] ? height : Line(marker, step, heights, positions);
        positions[marker] += step;
    }

    private static double Parabola(int i, int step, double[] q, double[] n) => q[i] + (step / (n[i + 1] - n[i - 1]) * (
        ((n[i] - n[i - 1] + step) * (q[i + 1] - q[i]) / (n[i + 1] - n[i])) + ((n[i + 1] - n[i] - step) * (q[i] - q[i - 1]) / (n[i] - n[i - 1]))));

    private static double Line(int i, int step, double[] q, double[] n) => q[i] + (step * (q[i + step] - q[i]) / (n[i + step] - n[i]));

    // Half of what was counted: the markers stay where they are, and what comes now moves them twice as easily.
    private static void Forget(double[] positions)
    {
        for (var marker = 1; marker < Markers; marker++)
            positions[marker] = Math.Max(positions[marker - 1] + 1, Math.Floor((positions[marker] + 1) / 2));
    }
}
