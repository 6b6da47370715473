namespace TriageWorker.Benchmarks;

/// <summary>One thing that is measured, under the name it is asked for by.</summary>
/// <param name="Run">Measures and reports rows; asks <see cref="BenchmarkContext.Quick"/> how much it may do.</param>
public sealed record Benchmark(string Name, string About, Func<BenchmarkContext, CancellationToken, Task> Run);

/// <summary>One figure, with its peer's where there is one.</summary>
/// <param name="Name">Dotted: <c>pipeline.rate</c>.</param>
/// <param name="Ratio">Ours over the peer's.</param>
public sealed record BenchmarkRow(string Name, double Value, string Unit, string? Peer = null, double? PeerValue = null)
{
    public double? Ratio => PeerValue is { } peer && peer != 0 ? Value / peer : null;
}
