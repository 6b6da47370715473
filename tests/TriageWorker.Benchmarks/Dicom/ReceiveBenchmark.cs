using System.Globalization;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>From DCMTK's sender to files, without a sync, ours and its peers in turns.</summary>
public sealed class ReceiveBenchmark(BenchmarkContext context, TemporaryFolder folder, string[] files, string studyUid)
{
    private const int Runs = 5, QuickRuns = 3, PilotEach = 4, FewestEach = 4;

    private TimeSpan RunLength => TimeSpan.FromSeconds(context.Quick ? 0.15 : 1.2);

    public async Task RunAsync(CancellationToken stop)
    {
        foreach (var way in ReceiveCase.All)
        {
            context.Say(string.Create(CultureInfo.InvariantCulture, $"receiving: {way.Associations} association(s), sender {(way.Tuned ? "tuned" : "at its defaults")} …"));
            var receivers = new List<IReceiver>();
            try
            {
                await foreach (var receiver in way.StartAsync(folder, studyUid, context.Quick, stop)) receivers.Add(receiver);
                Contestant[] contestants = [.. receivers.Select(receiver => new Contestant(receiver, new Senders(way.Tuned), way.Associations))];
                await RunAsync(way, contestants, stop);
                Report(way, contestants);
            }
            finally
            {
                foreach (var receiver in receivers) await receiver.DisposeAsync();
            }
        }
    }

    private async Task RunAsync(ReceiveCase way, Contestant[] contestants, CancellationToken stop)
    {
        var each = new Dictionary<Contestant, int>();
        foreach (var contestant in contestants)
        {
            var pilot = await contestant.RunAsync(files, PilotEach, counts: false, stop);
            if (contestant.Keeps) await contestant.VerifyAsync(files[..(PilotEach * way.Associations)], stop);
            var warm = await contestant.RunAsync(files, Each(way, pilot), counts: false, stop);
            await contestant.ClearAsync(stop);
            each[contestant] = Each(way, warm);
        }

        for (var run = 0; run < (context.Quick ? QuickRuns : Runs); run++)
            foreach (var contestant in contestants)
                await contestant.RunAsync(files, each[contestant], counts: true, stop);
    }

    // As many as it takes in the time of a run: a peer that stalls would else take minutes.
    private int Each(ReceiveCase way, double rate) =>
        Math.Clamp((int)(rate * RunLength.TotalSeconds / way.Associations), FewestEach, files.Length / way.Associations);

    private void Report(ReceiveCase way, Contestant[] contestants)
    {
        var ours = contestants.Single(contestant => contestant.Name == ReceiveCase.Ours);
        Contestant[] peers = [.. contestants.Where(contestant => contestant.Keeps && contestant != ours)];
        foreach (var peer in peers) context.Report(new($"dicom.receive.{way.Name}", ours.Rate, "objects/s", peer.Name, peer.Rate));
        foreach (var peer in peers) context.Report(new($"dicom.receive.memory.{way.Name}", ours.PeakMegabytes, "MB at peak", peer.Name, peer.PeakMegabytes));
        if (!way.Tuned) return;

        var limit = contestants.Single(contestant => contestant.Name == ReceiveCase.Sink);
        var theirs = contestants.Single(contestant => contestant.Name == ReceiveCase.StoreScpSink);
        context.Report(new($"dicom.sender.{way.Name}", limit.Rate, "objects/s when nothing is kept", theirs.Name, theirs.Rate));
        foreach (var peer in peers) context.Report(new($"dicom.receive.cpu.{way.Associations}", ours.ProcessorSeconds, "CPU-s per 1,000 objects", peer.Name, peer.ProcessorSeconds));
        context.Report(new($"dicom.receive.allocated.{way.Associations}", ours.Allocated / 1024, "KB managed per object"));
    }
}
