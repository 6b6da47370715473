using System.Diagnostics;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Tensors;

/// <summary>
/// From cached CT files to Merlin's tensor, in every codec, beside <c>peers/monai_chain.py</c>, which takes MONAI's steps and gives its own
/// tensors bit for bit. Each maker is a process of its own, and they take turns.
/// </summary>
public static class TensorBenchmark
{
    private const int Runs = 5, QuickRuns = 1, Least = 2;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(1);

    private static readonly int[] Sizes = [100, 400, 1000];

    public static IReadOnlyList<Benchmark> Create() =>
    [
        new("tensor", "CT slices on disk (cached) to the tensor of Merlin, in every codec; wall, CPU, memory.", (context, stop) => RunAsync(Sizes, context, stop)),
        .. Sizes.Select(size => new Benchmark($"tensor.{size}", $"The {size} slices of it.", (context, stop) => RunAsync([size], context, stop))),
    ];

    private static async Task RunAsync(int[] sizes, BenchmarkContext context, CancellationToken stop)
    {
        if (!await TensorMaker.HasMonaiAsync()) context.Say("Without the peer: it needs Debian's python3-torch, python3-pydicom and python3-gdcm.");
        using var folder = new TemporaryFolder();
        context.Say("Drawing slices and compressing them …");
        var files = await TensorFiles.DrawAsync(folder, stop);
        foreach (var slices in context.Quick ? [60] : sizes)
        {
            foreach (var codec in TensorCodec.All) await MeasureAsync(context, files, slices, codec, stop);
        }
    }

    private static async Task MeasureAsync(BenchmarkContext context, TensorFiles files, int slices, TensorCodec codec, CancellationToken stop)
    {
        var name = $"tensor.{slices}.{codec.Name}";
        context.Say($"{name} …");
        using var series = files.Write(codec, slices);
        await using var ours = TensorMaker.Ours(series.Path);
        await using var monai = await TensorMaker.MonaiAsync(series.Path);
        var runs = new List<(MadeTensor Ours, MadeTensor? Monai)>();
        var began = Stopwatch.GetTimestamp();
        while (runs.Count <= (context.Quick ? QuickRuns : Runs) && (runs.Count < Least || Stopwatch.GetElapsedTime(began) < Patience))
            runs.Add((await ours.RunAsync(stop), monai is null ? null : await monai.RunAsync(stop)));
        runs.RemoveAt(0); // it compiles the code and fills the cache

        double Ours(Func<MadeTensor, double> figure) => BenchmarkContext.Median(runs.Select(run => figure(run.Ours)));
        double? Monai(Func<MadeTensor, double> figure) => monai is null ? null : BenchmarkContext.Median(runs.Select(run => figure(run.Monai!)));
        var peer = monai is null ? null : "MONAI's chain";
        context.Report(new(name, Ours(made => made.Milliseconds), "ms", peer, Monai(made => made.Milliseconds)));
        context.Report(new($"{name}.cpu", Ours(made => made.ProcessorSeconds), "CPU-s", peer, Monai(made => made.ProcessorSeconds)));
        context.Report(new($"{name}.memory", ours.PeakMegabytes, "MB at peak", peer, monai?.PeakMegabytes));
        context.Report(new($"{name}.digest", Ours(made => made.DigestMilliseconds), "ms more"));
        context.Report(new($"{name}.runs", runs.Count, "runs"));
    }
}
