using System.Diagnostics;
using System.Globalization;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>
/// The whole way of synthetic studies: C-STORE from another process, spool, Postgres, completeness, tensor, demonstration
/// model, decision, structured report into our own store, worklist. All five roles run in this process, so that its
/// processor time is the host's own; Postgres and the sender are processes of their own and not counted.
/// </summary>
public static class PipelineBenchmark
{
    // Short, so that throughput is not a matter of waiting; a site's own is seconds. Taken off where a row says so.
    private static readonly TimeSpan Idle = TimeSpan.FromSeconds(1);

    public static Benchmark Create() => new("pipeline", "studies through all roles: rate, time from last image to the list, processor time", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var (alone, together, slices, matrix) = context.Quick ? (1, 2, 60, 256) : (5, 12, 120, 512);
        using var folder = new Testing.TemporaryFolder();
        context.Say(string.Create(CultureInfo.InvariantCulture, $"drawing {alone + together + 1} studies of {slices} slices, {matrix} × {matrix}"));
        var studies = PipelineStudies.Write(folder.At("studies"), alone + together + 1, slices, matrix, stop);
        await using var pipeline = await RunningPipeline.StartAsync(folder.Path, Idle, stop);

        context.Say("one study to warm up");
        await pipeline.PushAsync([studies[0]], stop);

        context.Say($"{alone} studies one after the other");
        var lone = new List<StudyTimes>();
        foreach (var study in studies.Skip(1).Take(alone)) lone.AddRange(await pipeline.PushAsync([study], stop));

        context.Say($"{together} studies back to back");
        using var own = Process.GetCurrentProcess();
        var (began, usedBefore) = (Stopwatch.GetTimestamp(), own.TotalProcessorTime);
        var batch = await pipeline.PushAsync([.. studies.Skip(1 + alone)], stop);
        var took = Stopwatch.GetElapsedTime(began);
        own.Refresh();
        var used = (own.TotalProcessorTime - usedBefore).TotalSeconds / batch.Count;
        var model = ModelProcessorTime(pipeline.Package);

        context.Report(new BenchmarkRow("pipeline.rate", batch.Count / took.TotalMinutes, "studies/min"));
        context.Report(new BenchmarkRow("pipeline.overhead", BenchmarkContext.Median(lone.Select(study => study.Overhead(Idle).TotalMilliseconds)), "ms beyond idle time, tensor and model"));
        context.Report(new BenchmarkRow("pipeline.tensor", BenchmarkContext.Median(lone.Select(study => study.Tensor.TotalMilliseconds)), "ms"));
        context.Report(new BenchmarkRow("pipeline.model", BenchmarkContext.Median(lone.Select(study => study.Model.TotalMilliseconds)), "ms"));
        context.Report(new BenchmarkRow("pipeline.cpu", used - model, "CPU-s/study without model"));
        context.Report(new BenchmarkRow("pipeline.model_cpu", model, "CPU-s/study"));
    }

    /// <summary>What the network alone costs, measured on the same machine after the run.</summary>
    private static double ModelProcessorTime(string folder)
    {
        const int runs = 10;
        var package = ModelPackage.Load(folder);
        using var model = ScoringModel.Open(package, new ScoringOptions(), Microsoft.Extensions.Logging.Abstractions.NullLogger<ScoringModel>.Instance);
        using var own = Process.GetCurrentProcess();
        var before = own.TotalProcessorTime;
        for (var i = 0; i < runs; i++) model.CheckGolden(); // one pass of all graphs over a full-size input
        own.Refresh();
        return (own.TotalProcessorTime - before).TotalSeconds / runs;
    }
}
