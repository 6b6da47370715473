using System.Collections.Concurrent;
using System.Globalization;
using System.Security.Cryptography;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>Acknowledged objects that are gone, or not what was sent, after the listener was killed again and again. The long form of this is <c>./triage test --chaos</c>.</summary>
internal static class LostBenchmark
{
    private const int Kills = 20, QuickKills = 3, Senders = 2;
    private static readonly TimeSpan LongestLife = TimeSpan.FromSeconds(2), Settles = TimeSpan.FromMinutes(2);

    public static async Task RunAsync(BenchmarkContext context, CancellationToken stop)
    {
        var (kills, dice) = (context.Quick ? QuickKills : Kills, new Random(1));
        using var folder = new TemporaryFolder();
        var server = new PostgresServer();
        await server.InitializeAsync();
        await using (server)
        {
            await using var listener = await ListenerReceiver.StartAsync("TriageWorker", folder.At("spool"), await server.CreateDatabaseAsync());
            context.Say(string.Create(CultureInfo.InvariantCulture, $"killing the listener {kills} times"));
            var (source, acknowledged) = (new SliceSource(), new ConcurrentDictionary<string, byte[]>());
            for (var kill = 0; kill < kills; kill++)
            {
                var sending = Task.WhenAll(Enumerable.Range(0, Senders).Select(_ => SendAsync(source, listener.Port, new Random(dice.Next()), acknowledged, stop)));
                await Task.Delay(dice.NextDouble() * LongestLife, stop);
                await listener.KillAsync();
                await sending;
                await listener.StartAgainAsync();
            }

            var paths = await SettleAsync(listener, acknowledged, stop);
            var lost = acknowledged.Count(image => !paths.TryGetValue(image.Key, out var path) || !DigestOf(path).AsSpan().SequenceEqual(image.Value));
            context.Report(new("intake.chaos.lost", lost, string.Create(CultureInfo.InvariantCulture, $"of {acknowledged.Count} objects acknowledged between {kills} kills")));
            if (lost > 0) throw new InvalidOperationException($"{lost} acknowledged objects are lost.");
        }
    }

    private static async Task SendAsync(SliceSource source, int port, Random own, ConcurrentDictionary<string, byte[]> acknowledged, CancellationToken stop)
    {
        var request = new AssociationRequest { Host = "127.0.0.1", Port = port, CalledAe = "TRIAGE", CallingAe = "BENCH", Contexts = source.Contexts };
        var (study, series) = (SliceSource.Uid(own), SliceSource.Uid(own));
        try
        {
            await using var association = await DicomAssociation.RequestAsync(request, stop);
            while (true)
            {
                var sop = SliceSource.Uid(own);
                var slice = source.Encode(study, series, sop);
                using var bytes = new MemoryStream(slice, writable: false);
                if ((await association.StoreAsync(source.SopClass, sop, DicomUid.ExplicitVRLittleEndian, bytes, stop)).IsSuccess) acknowledged[sop] = SHA256.HashData(slice);
            }
        }
        catch (DicomNetworkException)
        {
            // It was killed.
        }
    }

    private static async Task<Dictionary<string, string>> SettleAsync(ListenerReceiver listener, ConcurrentDictionary<string, byte[]> acknowledged, CancellationToken stop)
    {
        using var over = CancellationTokenSource.CreateLinkedTokenSource(stop);
        over.CancelAfter(Settles);
        using var look = new PeriodicTimer(TimeSpan.FromMilliseconds(250));
        string[] sops = [.. acknowledged.Keys];
        var paths = await listener.PathsAsync(sops, stop);
        while (paths.Count < sops.Length && !over.IsCancellationRequested)
        {
            await look.WaitForNextTickAsync(stop);
            paths = await listener.PathsAsync(sops, stop);
        }

        return paths;
    }

    private static byte[] DigestOf(string path)
    {
        using var file = File.OpenRead(path);
        file.Position = Part10Head.Read(path).DataSetOffset;
        return SHA256.HashData(file);
    }
}
