using System.Diagnostics;
using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>The listener's memory while its database is away and a backlog grows over eight associations, and how fast that gets its rows when it is back.</summary>
internal static class AwayBenchmark
{
    private const int Associations = 8, Files = 20_000, QuickFiles = 800;

    public static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var files = context.Quick ? QuickFiles : Files;
        var source = new SliceSource();
        using var folder = new TemporaryFolder();
        var needed = (long)files * source.Bytes * 11 / 10;
        if (new DriveInfo(folder.Path).AvailableFreeSpace < needed + (4L << 30))
            throw new Host.UserFault($"This needs {needed / 1_000_000_000} GB below {Path.GetTempPath()}, and 4 GB beside it: set TMPDIR to a folder of a disk with that room.");
        var server = new PostgresServer();
        await server.InitializeAsync();
        await using (server)
        {
            await using var listener = await ListenerReceiver.StartAsync("TriageWorker", folder.At("spool"), await server.CreateDatabaseAsync());
            await new SliceSender(source, new Random(2)).SendAsync(listener.Port, Associations, 4, stop);
            await server.StopAsync();
            context.Say(string.Create(CultureInfo.InvariantCulture, $"the database is away; sending {files} slices over {Associations} associations"));
            var sent = await new SliceSender(source, new Random(1)).SendAsync(listener.Port, Associations, files / Associations, stop);
            var rate = files / Stopwatch.GetElapsedTime(sent.Began, sent.Ended).TotalSeconds;
            context.Report(new("intake.memory.away", listener.PeakMegabytes, string.Create(CultureInfo.InvariantCulture, $"MB at peak, a backlog of {files} files, database away")));
            context.Report(new("intake.durable.away", rate, "objects/s acknowledged meanwhile"));
            await server.StartAsync();
            var back = Stopwatch.GetTimestamp();
            await listener.IndexedAsync(sent.Studies, files, stop);
            context.Report(new("intake.backlog", files / Stopwatch.GetElapsedTime(back).TotalSeconds, "rows/s once the database was back"));
            context.Report(new("intake.memory.back", listener.PeakMegabytes, "MB at peak when all had their rows"));
        }
    }
}
