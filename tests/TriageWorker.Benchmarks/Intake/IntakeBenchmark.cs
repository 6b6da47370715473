namespace TriageWorker.Benchmarks.Intake;

/// <summary>The intake role: how fast, beside whom, in how much memory, over how full a database, and what a kill loses.</summary>
public static class IntakeBenchmark
{
    private static readonly (string Name, string About, Func<BenchmarkContext, CancellationToken, Task> Run)[] s_parts =
    [
        ("intake.durable", "CT slices over 1 and 8 associations to synced files and rows, beside storescp and Orthanc", DurableBenchmark.RunAsync),
        ("intake.rows", "the same over a database of 1,000,000 studies and 10,000,000 live instances, beside an empty one", RowsBenchmark.RunAsync),
        ("intake.away", "memory while the database is away and 20,000 files wait", AwayBenchmark.RunAsync),
        ("intake.lost", "acknowledged objects that a killed listener lost", LostBenchmark.RunAsync),
    ];

    /// <summary>All of it, and each part by itself.</summary>
    public static IEnumerable<Benchmark> Create() =>
    [
        new("intake", "the intake role: all of the following", async (context, stop) =>
        {
            foreach (var part in s_parts) await part.Run(context, stop);
        }),
        .. s_parts.Select(part => new Benchmark(part.Name, part.About, part.Run)),
    ];
}
