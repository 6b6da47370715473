using System.Globalization;
using TriageWorker.Benchmarks.Dicom;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>
/// CT slices from DCMTK's sender to the intake role, synced and indexed, beside peers that sync less or nothing. Receivers take turns; what they kept
/// is removed and the disk comes to rest before the next.
/// </summary>
internal static class DurableBenchmark
{
    private const int Runs = 5, QuickRuns = 1, PilotEach = 4, Images = 800, QuickImages = 64;
    private const string Ours = "TriageWorker";

    public static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        using var folder = new TemporaryFolder();
        using var memory = new MemoryFolder(folder.At("images"));
        context.Say($"writing {(context.Quick ? QuickImages : Images)} CT images to {memory.Path}");
        var files = CtFiles.Write(memory.Path, context.Quick ? QuickImages : Images, stop);
        var study = DicomFile.Read(files[0], DicomReadOptions.HeaderOnly).Dataset.GetString(DicomTag.StudyInstanceUID)!;
        var server = new PostgresServer();
        await server.InitializeAsync();
        await using (server)
        {
            foreach (var (associations, tuned) in ((int, bool)[])[(1, true), (8, true), (1, false), (8, false)])
                await RunAsync(context, folder, server, files, study, new ReceiveCase(associations, tuned), stop);
        }
    }

    private static async Task RunAsync(
        BenchmarkContext context, TemporaryFolder folder, PostgresServer server, string[] files, string study, ReceiveCase way, CancellationToken stop)
    {
        context.Say(string.Create(CultureInfo.InvariantCulture, $"receiving: {way.Associations} association(s), sender {(way.Tuned ? "tuned" : "at its defaults")} …"));
        var receivers = new List<IReceiver>();
        try
        {
            var forks = way.Associations > 1; // else it takes them one after the other
            receivers.Add(await ListenerReceiver.StartAsync(Ours, folder.At(way.Name, "spool"), await server.CreateDatabaseAsync()));
            receivers.Add(await StoreScpReceiver.StartAsync("storescp (syncs nothing)", folder.At(way.Name, "storescp"), noDelay: way.Tuned, forks));
            receivers.Add(await OrthancReceiver.StartAsync("Orthanc, SyncStorageArea on", study, noDelay: way.Tuned, syncs: true));
            receivers.Add(await OrthancReceiver.StartAsync("Orthanc, SyncStorageArea off", study, noDelay: way.Tuned, syncs: false));
            DurableContestant[] contestants = [.. receivers.Select(receiver => new DurableContestant(receiver, new Senders(way.Tuned), way.Associations))];
            await TakeTurnsAsync(context, way, contestants, files, stop);
            Report(context, way, contestants);
        }
        finally
        {
            foreach (var receiver in receivers) await receiver.DisposeAsync();
        }
    }

    private static async Task TakeTurnsAsync(BenchmarkContext context, ReceiveCase way, DurableContestant[] contestants, string[] files, CancellationToken stop)
    {
        var each = new Dictionary<DurableContestant, int>();
        foreach (var contestant in contestants)
        {
            var pilot = await contestant.RunAsync(files, PilotEach, counts: false, stop);
            var warm = await contestant.RunAsync(files, Each(context, way, files, pilot), counts: false, stop);
            each[contestant] = Each(context, way, files, warm);
        }

        for (var run = 0; run < (context.Quick ? QuickRuns : Runs); run++)
        {
            foreach (var contestant in contestants)
            {
                (await ExternalTool.RunAsync("sync")).Expect(); // what a peer left to the kernel is not the next one's to write
                await contestant.RunAsync(files, each[contestant], counts: true, stop);
            }
        }
    }

    // As many as it takes in some seconds: a peer that stalls would else take minutes.
    private static int Each(BenchmarkContext context, ReceiveCase way, string[] files, double rate) =>
        Math.Clamp((int)(rate * (context.Quick ? 0.15 : 1.5) / way.Associations), PilotEach, files.Length / way.Associations);

    private static void Report(BenchmarkContext context, ReceiveCase way, DurableContestant[] contestants)
    {
        var ours = contestants.Single(contestant => contestant.Name == Ours);
        foreach (var peer in contestants.Where(contestant => contestant != ours))
        {
            context.Report(new($"intake.durable.{way.Name}", ours.Acknowledged, "objects/s acknowledged", peer.Name, peer.Acknowledged));
            context.Report(new($"intake.memory.{way.Name}", ours.PeakMegabytes, "MB at peak", peer.Name, peer.PeakMegabytes));
        }

        context.Report(new($"intake.indexed.{way.Name}", ours.Indexed, "rows/s, beside its objects/s", "acknowledged", ours.Acknowledged));
    }
}
