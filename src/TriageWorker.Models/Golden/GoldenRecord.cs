using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Models.Golden;

/// <summary>What a package's graphs must say to a made-up input, so that a wrong library, driver or file is found before a patient is scored.</summary>
internal sealed record GoldenRecord
{
    public required ulong Seed { get; init; }

    /// <summary>X, Y, Z of the made-up input, where that is smaller than what the package reads; the graphs must take both.</summary>
    public IReadOnlyList<int>? Size { get; init; }

    /// <summary>Largest allowed deviation by execution provider, as a fraction of the largest expected value of the same output: a unit vector's numbers are far below 1.</summary>
    public required IReadOnlyDictionary<ExecutionProvider, double> Tolerance { get; init; }

    /// <summary>Expected values before activation, by output.</summary>
    public required IReadOnlyDictionary<OutputKind, float[]> Outputs { get; init; }
}
