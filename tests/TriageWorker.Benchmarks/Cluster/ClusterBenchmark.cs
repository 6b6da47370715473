using System.Globalization;
using TriageWorker.Benchmarks.Pipeline;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Cluster;

/// <summary>
/// How work spreads over workers: a backlog of studies that came over C-STORE, then 1, 2 and 4 worker processes over RabbitMQ and one
/// PostgreSQL. Their model, <c>latency</c>, leaves the processor alone for half a second a study, as one on a GPU does, so that one
/// small machine has room for all of them; everything else is what the product does for any study, report included.
/// </summary>
public static class ClusterBenchmark
{
    private static readonly TimeSpan ServiceTime = TimeSpan.FromMilliseconds(500);

    public static Benchmark Create() => new("cluster", "studies over 1, 2 and 4 workers: rate, wait of stat studies, order, processor time of database and broker", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var (count, stats) = context.Quick ? (40, 2) : (500, 10);
        using var folder = new TemporaryFolder();
        context.Say(string.Create(CultureInfo.InvariantCulture, $"drawing {count + stats} studies of 24 slices, 128 × 128"));
        var studies = PipelineStudies.Write(folder.At("studies"), count + stats, slices: 24, matrix: 128, stop);
        var package = TinyPackage.Write(folder.At("latency"), threshold: 2, id: "latency", latency: ServiceTime);
        await using var servers = await ClusterServers.StartAsync();
        var runs = new Dictionary<int, ClusterFigures>();
        foreach (var workers in (int[])[1, 2, 4])
        {
            context.Say($"{count} studies, {workers} worker{(workers == 1 ? "" : "s")}");
            await using var run = new ClusterRun(servers, package, folder.At($"{workers}"), workers);
            runs[workers] = await run.MeasureAsync([.. studies.Take(count)], [.. studies.Skip(count)], stop);
        }

        var single = runs[1].Rate;
        foreach (var (workers, figures) in runs)
            context.Report(new BenchmarkRow($"cluster.rate.{workers}", figures.Rate, "studies/s", "1 worker", single));
        foreach (var (workers, figures) in runs)
        {
            context.Report(new BenchmarkRow($"cluster.stat.wait.{workers}", figures.StatWaits.Max(), $"s at most from due to result beyond {ServiceTime.TotalSeconds} s of service ({figures.StatWaits.Count} stat studies)"));
            context.Report(new BenchmarkRow($"cluster.overtaken.{workers}", figures.RoutineOvertakenByRoutine, "routine studies at most that came later and were scored earlier"));
            context.Report(new BenchmarkRow($"cluster.cpu.database.{workers}", figures.DatabaseCpu, "CPU-s/study"));
            context.Report(new BenchmarkRow($"cluster.cpu.broker.{workers}", figures.BrokerCpu, "CPU-s/study"));
            context.Report(new BenchmarkRow($"cluster.cpu.workers.{workers}", figures.WorkerCpu, "CPU-s/study"));
        }
    }
}
