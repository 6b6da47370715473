using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Benchmarks.Merlin;
using TriageWorker.Host.Training;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Benchmarks;

/// <summary>
/// The demonstration model on phantoms that it never saw, at the settings of scanners: how well each label is told, what the shipped
/// thresholds do, and what a score costs.
/// </summary>
public static class ModelBenchmark
{
    /// <summary>Training uses seeds from 1,000,000 and 2,000,000.</summary>
    private const int FirstSeed = 9_000_000, Phantoms = 480, QuickPhantoms = 24, TimedScores = 20;

    public static Benchmark Create() => new("model", "AUROC of the demonstration model on unseen phantoms; CPU time of a score; model.merlin.", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        await Task.Run(() => Run(context, stop), stop);
        await MerlinBenchmark.RunAsync(context, stop);
    }

    private static void Run(BenchmarkContext context, CancellationToken stop)
    {
        var package = ModelPackage.Load(Repository.At("onnx", "phantom"));
        using var model = ScoringModel.Open(package, new ScoringOptions(), NullLogger<ScoringModel>.Instance);
        MeasureCost(context, model, stop);

        var mix = CaseMix.AsScanned(FirstSeed, context.Quick ? QuickPhantoms : Phantoms);
        context.Say($"{mix.Count} phantoms, seeds {FirstSeed} to {FirstSeed + mix.Count - 1}, matrix {string.Join("/", mix.Matrices.Distinct())}, {string.Join("/", mix.Slices)} slices");
        var done = 0;
        var figures = new ModelEvaluation(model, mix).Run(Environment.ProcessorCount, () => Count(context, ref done, mix.Count), stop);
        foreach (var label in figures) context.Report(new($"model.auroc.{Name(label.Key)}", label.Auroc, $"of {label.Positives}+/{mix.Count - label.Positives}-"));
        foreach (var approved in PolicyFile.Parse(File.ReadAllBytes(package.PolicyFile)).Approved)
        {
            var (sensitivity, specificity) = figures.Single(label => label.Key == approved.Key).At(approved.Threshold);
            context.Report(new($"model.sensitivity.{Name(approved.Key)}", sensitivity, $"at {approved.Threshold:0.000}"));
            context.Report(new($"model.specificity.{Name(approved.Key)}", specificity, $"at {approved.Threshold:0.000}"));
        }
    }

    private static void MeasureCost(BenchmarkContext context, ScoringModel model, CancellationToken stop)
    {
        var tensor = DrawnCase.Draw(CaseMix.AsScanned(FirstSeed, 1)[0], model.Package.Input, stop).Tensor;
        var costs = new List<double>();
        for (var i = 0; i < TimedScores; i++)
        {
            var before = Environment.CpuUsage.TotalTime;
            model.Score(tensor, stop);
            costs.Add((Environment.CpuUsage.TotalTime - before).TotalSeconds);
        }

        context.Report(new("model.cpu", BenchmarkContext.Median(costs), "CPU-s a score"));
    }

    private static void Count(BenchmarkContext context, ref int done, int of)
    {
        var now = Interlocked.Increment(ref done);
        if (now % 60 == 0) context.Say($"{now} of {of} phantoms scored");
    }

    private static string Name(string key) => key.ToLowerInvariant();
}
