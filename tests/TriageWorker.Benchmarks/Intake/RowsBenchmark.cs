using System.Diagnostics;
using System.Globalization;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>The same listener over a database with a million studies and over an empty one, in turns.</summary>
internal static class RowsBenchmark
{
    private const int Studies = 1_000_000, QuickStudies = 20_000, Runs = 5, QuickRuns = 1, Associations = 8, Each = 150, QuickEach = 16;

    public static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var (studies, runs, each) = context.Quick ? (QuickStudies, QuickRuns, QuickEach) : (Studies, Runs, Each);
        using var folder = new TemporaryFolder();
        // As the product brings it along, with autovacuum at work.
        await using var server = new EmbeddedPostgres(
            Options.Create(new DatabaseOptions { Embedded = new() { Data = folder.At("postgres") } }), TimeProvider.System, NullLogger<EmbeddedPostgres>.Instance);
        var owner = await server.StartAsync(progress: null, stop);
        var (full, empty) = (await DatabaseAsync(owner, "live", stop), await DatabaseAsync(owner, "empty", stop));
        context.Say(string.Create(CultureInfo.InvariantCulture, $"making {studies} studies of ten live instances"));
        var began = Stopwatch.GetTimestamp();
        await using (var source = NpgsqlDataSource.Create(full + ";Command Timeout=0"))
        {
            await LiveRows.FillAsync(source, studies, context.Say, stop);
            await using var connection = await source.OpenConnectionAsync(stop);
            context.Report(new("intake.rows.1m.size", await LiveRows.GigabytesAsync(connection, "instance", stop), "GB of instance rows and their indexes"));
        }

        context.Say(string.Create(CultureInfo.InvariantCulture, $"made in {Stopwatch.GetElapsedTime(began).TotalSeconds:0} s"));
        await using var live = await ListenerReceiver.StartAsync("live", folder.At("spool-live"), full);
        await using var none = await ListenerReceiver.StartAsync("empty", folder.At("spool-empty"), empty);
        var sender = new SliceSender(new SliceSource(), new Random(1));
        var (ofLive, ofNone) = (new List<(double Acknowledged, double Indexed)>(), new List<(double Acknowledged, double Indexed)>());
        for (var run = -1; run < runs; run++)
        {
            foreach (var (receiver, rates) in ((ListenerReceiver, List<(double, double)>)[])[(live, ofLive), (none, ofNone)])
            {
                var rate = await MeasureAsync(receiver, sender, each, stop);
                if (run >= 0) rates.Add(rate);
            }
        }

        context.Report(new("intake.rows.1m.acknowledged", Median(ofLive, rate => rate.Acknowledged), "objects/s over 8 associations", "an empty database", Median(ofNone, rate => rate.Acknowledged)));
        context.Report(new("intake.rows.1m.indexed", Median(ofLive, rate => rate.Indexed), "rows/s until the last was there", "an empty database", Median(ofNone, rate => rate.Indexed)));
    }

    private static async Task<(double Acknowledged, double Indexed)> MeasureAsync(ListenerReceiver receiver, SliceSender sender, int each, CancellationToken stop)
    {
        (await ExternalTool.RunAsync("sync")).Expect();
        var sent = await sender.SendAsync(receiver.Port, Associations, each, stop);
        await receiver.IndexedAsync(sent.Studies, Associations * each, stop);
        var indexed = Stopwatch.GetTimestamp();
        receiver.ClearFiles();
        return (Associations * each / Stopwatch.GetElapsedTime(sent.Began, sent.Ended).TotalSeconds, Associations * each / Stopwatch.GetElapsedTime(sent.Began, indexed).TotalSeconds);
    }

    private static async Task<string> DatabaseAsync(string owner, string name, CancellationToken stop)
    {
        await using (var source = NpgsqlDataSource.Create(owner))
        await using (var connection = await source.OpenConnectionAsync(stop)) await connection.ExecuteAsync($"create database {name} template template0", [], stop);
        var own = new NpgsqlConnectionStringBuilder(owner) { Database = name }.ConnectionString;
        await using var made = NpgsqlDataSource.Create(own);
        await new MigrationRunner(made).RunAsync(stop);
        return own;
    }

    private static double Median(List<(double Acknowledged, double Indexed)> rates, Func<(double Acknowledged, double Indexed), double> rate) => BenchmarkContext.Median(rates.Select(rate));
}
