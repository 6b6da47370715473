namespace TriageWorker.Imaging.Tests.Formats;

internal static class Differences
{
    public static float Largest(ReadOnlySpan<float> actual, ReadOnlySpan<float> expected)
    {
        actual.Length.ShouldBe(expected.Length);
        var largest = 0f;
        for (var n = 0; n < actual.Length; n++)
        {
            var difference = Math.Abs(actual[n] - expected[n]);
            if (!(difference <= largest)) largest = float.IsNaN(difference) ? float.PositiveInfinity : difference;
        }

        return largest;
    }
}
