using Spectre.Console;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Benchmarks;

/// <summary>What a running benchmark may ask and say.</summary>
public sealed class BenchmarkContext(IAnsiConsole console, bool quick, ExecutionProvider device)
{
    private readonly List<BenchmarkRow> _rows = [];

    /// <summary>True when the run shall only show that it works.</summary>
    public bool Quick => quick;

    /// <summary>What a full-size model computes on.</summary>
    public ExecutionProvider Device => device;

    public IReadOnlyList<BenchmarkRow> Rows => _rows;

    /// <summary>Says what is being done, so that a long run is not silent.</summary>
    public void Say(string what) => console.WriteLine(what);

    public void Report(BenchmarkRow row) => _rows.Add(row);

    /// <summary>The middle of several runs: what one slow run cannot move.</summary>
    public static double Median(IEnumerable<double> values)
    {
        double[] sorted = [.. values.Order()];
        if (sorted.Length == 0) throw new ArgumentException("No run, no median.", nameof(values));
        var middle = sorted.Length / 2;
        return sorted.Length % 2 == 1 ? sorted[middle] : (sorted[middle - 1] + sorted[middle]) / 2;
    }
}
