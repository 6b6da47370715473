using TriageWorker.Models.Merlin.Reference;

namespace TriageWorker.Models.Tests.Merlin;

/// <summary>How far outputs are from what they must be.</summary>
internal static class Deviations
{
    public static double Largest(IEnumerable<double> actual, IEnumerable<double> expected)
    {
        var (a, e) = (actual.ToArray(), expected.ToArray());
        a.Length.ShouldBe(e.Length);
        return a.Zip(e).Max(pair => double.IsNaN(pair.First) ? double.PositiveInfinity : Math.Abs(pair.First - pair.Second));
    }

    public static double Largest(IEnumerable<float> actual, IEnumerable<float> expected) => Largest(actual.Select(value => (double)value), expected.Select(value => (double)value));

    public static double Largest(IEnumerable<float> actual, IEnumerable<double> expected) => Largest(actual.Select(value => (double)value), expected);

    public static double Largest(IEnumerable<double> actual, IEnumerable<float> expected) => Largest(actual, expected.Select(value => (double)value));

    /// <summary>[channels, depth, rows, columns], as feature maps are written.</summary>
    public static double[] ByChannel(Field field) =>
        [.. from channel in Enumerable.Range(0, field.Channels) from place in Enumerable.Range(0, field.Places) select field.At(place)[channel]];
}
