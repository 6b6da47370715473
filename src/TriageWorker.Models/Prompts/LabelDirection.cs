namespace TriageWorker.Models.Prompts;

/// <summary>What several sentences for and against a finding come to: one vector.</summary>
internal static class LabelDirection
{
    /// <returns>Mean of the vectors for it less mean of those against it, summed in double; not renormalised.</returns>
    public static float[] Of(IReadOnlyList<ReadOnlyMemory<float>> positive, IReadOnlyList<ReadOnlyMemory<float>> negative)
    {
        var (towards, away) = (Mean(positive), Mean(negative));
        var direction = new float[towards.Length];
        for (var i = 0; i < direction.Length; i++) direction[i] = (float)(towards[i] - away[i]);
        return direction;
    }

    private static double[] Mean(IReadOnlyList<ReadOnlyMemory<float>> vectors)
    {
        var mean = new double[vectors[0].Length];
        foreach (var vector in vectors)
        {
            var values = vector.Span;
            for (var i = 0; i < mean.Length; i++) mean[i] += values[i] / (double)vectors.Count;
        }

        return mean;
    }
}
