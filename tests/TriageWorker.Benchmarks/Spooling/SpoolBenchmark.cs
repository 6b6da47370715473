using System.Diagnostics;
using System.Globalization;
using System.Security.Cryptography;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Spooling;

/// <summary>
/// Ways of making received objects safe, without a network: 1 and 8 associations hand over blocks as they would come from one, and go on when
/// their object is safe. Ways take turns on fresh folders.
/// </summary>
internal static class SpoolBenchmark
{
    private const int Runs = 5, QuickRuns = 1, ObjectBytes = 525_000, BlockBytes = 64 * 1024, Objects = 400, QuickObjects = 16;

    private static readonly Func<string, IKeeping>[] s_ways =
    [
        folder => new ProductsSpool(folder, preparesNames: true),
        folder => new ProductsSpool(folder, preparesNames: false),
        folder => new FilePerObject(folder, Barrier.EachFile, Hashing.InLine),
        folder => new FilePerObject(folder, Barrier.EachFile, Hashing.Beside),
        folder => new FilePerObject(folder, Barrier.EachFile, Hashing.None),
        folder => new FilePerObject(folder, Barrier.EachFileData, Hashing.InLine),
        folder => new FilePerObject(folder, Barrier.EachWrite, Hashing.InLine),
        folder => new FilePerObject(folder, Barrier.FileSystem, Hashing.InLine),
        folder => new FilePerObject(folder, Barrier.OneThread, Hashing.InLine),
        folder => new WriteAhead(folder),
    ];

    public static Benchmark Create() => new("spool", "ways of making received objects safe: fsync, fdatasync, O_DSYNC, syncfs, a write-ahead log, hashing in line and beside", RunAsync);

    private static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        foreach (var associations in (int[])[1, 8])
        {
            context.Say(string.Create(CultureInfo.InvariantCulture, $"{associations} association(s)"));
            var figures = new Dictionary<string, List<(double Rate, double Cpu, double Finish)>>();
            for (var run = -1; run < (context.Quick ? QuickRuns : Runs); run++)
            {
                foreach (var way in s_ways)
                {
                    using var folder = new TemporaryFolder();
                    (await ExternalTool.RunAsync("sync")).Expect();
                    await using var keeping = way(folder.At("kept"));
                    var figure = await MeasureAsync(keeping, associations, context.Quick ? QuickObjects : Objects, stop);
                    if (!figures.TryGetValue(keeping.Name, out var list)) figures[keeping.Name] = list = [];
                    if (run >= 0) list.Add(figure); // the first turn warms up
                }
            }

            Report(context, associations, figures);
        }
    }

    private static void Report(BenchmarkContext context, int associations, Dictionary<string, List<(double Rate, double Cpu, double Finish)>> figures)
    {
        static double Median(List<(double Rate, double Cpu, double Finish)> of, Func<(double Rate, double Cpu, double Finish), double> figure) => BenchmarkContext.Median(of.Select(figure));
        var ours = figures.First().Value; // the order of the first turn
        foreach (var (name, theirs) in figures.Skip(1))
        {
            context.Report(new($"spool.keep.{associations}", Median(ours, figure => figure.Rate), "objects/s", name, Median(theirs, figure => figure.Rate)));
            context.Report(new($"spool.cpu.{associations}", Median(ours, figure => figure.Cpu), "CPU-s per 1,000 objects", name, Median(theirs, figure => figure.Cpu)));
            if (Median(theirs, figure => figure.Finish) is var finish and > 0)
                context.Report(new($"spool.finish.{associations}", Median(ours, figure => figure.Rate), "objects/s until each is a file of its own", name, finish));
        }
    }

    private static async Task<(double Rate, double Cpu, double Finish)> MeasureAsync(IKeeping keeping, int associations, int objects, CancellationToken stop)
    {
        var each = objects / associations;
        using var own = Process.GetCurrentProcess();
        var (cpu, began) = (own.TotalProcessorTime, Stopwatch.GetTimestamp());
        await Task.WhenAll(Enumerable.Range(0, associations).Select(_ => Task.Run(async () =>
        {
            var blocks = Blocks();
            for (var sent = 0; sent < each; sent++)
            {
                stop.ThrowIfCancellationRequested();
                await keeping.KeepAsync(blocks);
            }
        }, stop)));
        var kept = Stopwatch.GetElapsedTime(began).TotalSeconds;
        own.Refresh();
        var used = (own.TotalProcessorTime - cpu).TotalSeconds;
        var isDone = keeping.FinishAsync();
        var hasMore = !isDone.IsCompleted;
        await isDone;
        return (each * associations / kept, used / (each * associations) * 1000, hasMore ? each * associations / Stopwatch.GetElapsedTime(began).TotalSeconds : 0);
    }

    // Bytes that no disk can make smaller.
    private static ReadOnlyMemory<byte>[] Blocks()
    {
        var bytes = RandomNumberGenerator.GetBytes(ObjectBytes);
        return [.. Enumerable.Range(0, (ObjectBytes + BlockBytes - 1) / BlockBytes).Select(block => (ReadOnlyMemory<byte>)bytes.AsMemory(block * BlockBytes, Math.Min(BlockBytes, ObjectBytes - (block * BlockBytes))))];
    }
}
