using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Models.Merlin.Import;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Merlin;

/// <summary>
/// Merlin's image encoder at its full size with random weights, imported as a hospital would, beside PyTorch on the same weights and threads.
/// Both are processes of their own, and they take turns.
/// </summary>
public static class MerlinBenchmark
{
    private const int Runs = 5, QuickRuns = 1;

    /// <summary>What the network as published multiplies and adds for one volume, its three channels summed to one: 626.84 thousand million of each.</summary>
    private const double Gigaflops = 2 * 626.84;

    public static Benchmark Create() => new("model.merlin", "A score of a full-size Merlin beside PyTorch; wall, memory, share of the matrix product's rate.", RunAsync);

    public static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        if (!await MerlinScorer.HasPyTorchAsync())
        {
            context.Say("Merlin at its full size is left out: its weights are drawn with Debian's python3-torch, which is also its peer.");
            return;
        }

        if (WhyNot(context.Device) is { } reason)
        {
            context.Say($"Merlin at its full size is left out: {reason}");
            return;
        }

        using var folder = new TemporaryFolder();
        context.Say("Drawing a checkpoint of 1.1 GB and importing it …");
        await MerlinScorer.DrawAsync(folder.Path);
        var sources = new MerlinSources { Checkpoint = folder.At("default.pt"), Phenotypes = folder.At("phenotypes.csv"), Licence = "random numbers" };
        await Task.Run(() => MerlinImport.Write(sources, folder.At(MerlinProcess.Package), new Silent(), stop), stop);
        await MeasureAsync(context, folder, stop);
    }

    /// <summary>Why the device does not compute here, which the small model tells at once.</summary>
    private static string? WhyNot(ExecutionProvider device)
    {
        try
        {
            using var model = ScoringModel.Open(ModelPackage.Load(Repository.At("onnx", "phantom")), new ScoringOptions { Provider = device }, NullLogger<ScoringModel>.Instance);
            return null;
        }
        catch (ScoringException why)
        {
            return why.Message;
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, TemporaryFolder folder, CancellationToken stop)
    {
        context.Say($"Scoring on {context.Device}, {MerlinScorer.Threads} threads …");
        await using var ours = MerlinScorer.Ours(folder.Path, context.Device);
        await using var torch = MerlinScorer.PyTorch(folder.Path);
        using var product = new MatrixProduct(MerlinScorer.Threads); // here and not in the scorer, whose memory is measured
        var runs = new List<(ScoreRun Ours, double Product, ScoreRun Torch)>();
        for (var run = 0; run <= (context.Quick ? QuickRuns : Runs); run++) runs.Add((await ours.RunAsync(stop), product.Gigaflops(), await torch.RunAsync(stop)));
        runs.RemoveAt(0); // it fills caches and compiles

        var seconds = BenchmarkContext.Median(runs.Select(run => run.Ours.Seconds));
        var theirs = BenchmarkContext.Median(runs.Select(run => run.Torch.Seconds));
        context.Report(new("model.merlin.full", seconds, "s a score", "PyTorch", theirs));
        context.Report(new("model.merlin.full.rate", 1 / seconds, "scores/s", "PyTorch", 1 / theirs));
        context.Report(new(
            "model.merlin.full.cpu", BenchmarkContext.Median(runs.Select(run => run.Ours.ProcessorSeconds)), "CPU-s", "PyTorch", BenchmarkContext.Median(runs.Select(run => run.Torch.ProcessorSeconds))));
        context.Report(new("model.merlin.full.memory", ours.PeakMegabytes, "MB at peak", "PyTorch", torch.PeakMegabytes));
        context.Report(new("model.merlin.full.flops", Gigaflops / seconds, "Gflop/s as published", "matrix product", BenchmarkContext.Median(runs.Select(run => run.Product))));
    }

    private sealed class Silent : IProgress<ImportStep>
    {
        public void Report(ImportStep value)
        {
            // The benchmark has said what it does.
        }
    }
}
