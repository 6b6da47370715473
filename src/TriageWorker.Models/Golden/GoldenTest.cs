using System.Globalization;
using TriageWorker.Imaging.Geometry;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Golden;

/// <summary>How one output compares with what the package says it must be.</summary>
/// <param name="Deviation">Largest absolute difference over the largest expected value.</param>
public sealed record GoldenCheck(OutputKind Output, double Deviation, double Tolerance)
{
    public bool Passed => Deviation <= Tolerance; // false for NaN

    public override string ToString() => string.Create(
        CultureInfo.InvariantCulture, $"golden test: {Output} deviates by {Deviation:0.0e+0}, allowed is {Tolerance:0.0e+0}.");
}

/// <summary>Runs a package's graphs on the made-up input and compares.</summary>
internal static class GoldenTest
{
    public static List<GoldenCheck> Run(
        ModelPackage package, ExecutionProvider provider, Func<float[], GridSize, IEnumerable<(OutputKind Kind, GraphValue Value)>> run)
    {
        if (package.Golden is not { } golden) throw new ModelPackageException(package.Directory, ["golden: is missing."]);
        if (!golden.Tolerance.TryGetValue(provider, out var tolerance))
            throw new ModelPackageException(package.Directory, [$"golden.tolerance: has none for {provider}."]);
        var size = golden.Size is [var x, var y, var z] ? new GridSize(x, y, z) : package.Input.Size;
        var actual = run(GoldenInput.Make(golden.Seed, size.X, size.Y, size.Z), size).ToDictionary(pair => pair.Kind, pair => pair.Value.Values);
        return [.. golden.Outputs.Select(expected => new GoldenCheck(
            expected.Key, Deviation(expected.Value, actual.GetValueOrDefault(expected.Key)), tolerance))];
    }

    private static double Deviation(float[]? expected, float[]? actual)
    {
        if (expected is null || actual?.Length != expected.Length) return double.PositiveInfinity;
        double scale = 0, worst = 0;
        for (var i = 0; i < expected.Length; i++)
        {
            scale = Math.Max(scale, Math.Abs(expected[i]));
            worst = Math.Max(worst, Math.Abs((double)expected[i] - actual[i])); // NaN wins, and fails
        }

        return scale == 0 ? worst : worst / scale;
    }
}
