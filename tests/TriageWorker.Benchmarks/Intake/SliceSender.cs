using System.Diagnostics;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>What one sending came to.</summary>
/// <param name="Began">When the first association was accepted.</param>
/// <param name="Ended">When the last success came.</param>
public sealed record SliceSending(long Began, long Ended, IReadOnlyList<string> Studies);

/// <summary>Our own sender over so many associations at once, each with a study of its own; anything but success ends it.</summary>
public sealed class SliceSender(SliceSource source, Random dice)
{
    public async Task<SliceSending> SendAsync(int port, int associations, int each, CancellationToken stop)
    {
        var studies = Enumerable.Range(0, associations).Select(_ => SliceSource.Uid(dice)).ToArray();
        var seeds = studies.Select(_ => dice.Next()).ToArray();
        var spans = await Task.WhenAll(studies.Select((study, number) => Task.Run(() => SendAsync(port, study, each, new Random(seeds[number]), stop), stop)));
        return new SliceSending(spans.Min(span => span.Began), spans.Max(span => span.Ended), studies);
    }

    private async Task<(long Began, long Ended)> SendAsync(int port, string study, int each, Random own, CancellationToken stop)
    {
        var request = new AssociationRequest { Host = "127.0.0.1", Port = port, CalledAe = "TRIAGE", CallingAe = "BENCH", Contexts = source.Contexts };
        await using var association = await DicomAssociation.RequestAsync(request, stop);
        var (began, series) = (Stopwatch.GetTimestamp(), SliceSource.Uid(own));
        for (var slice = 0; slice < each; slice++)
        {
            var sop = SliceSource.Uid(own);
            using var bytes = new MemoryStream(source.Encode(study, series, sop), writable: false);
            var status = await association.StoreAsync(source.SopClass, sop, DicomUid.ExplicitVRLittleEndian, bytes, stop);
            if (!status.IsSuccess) throw new InvalidOperationException($"An object was answered with {status}.");
        }

        var ended = Stopwatch.GetTimestamp();
        await association.ReleaseAsync(stop);
        return (began, ended);
    }
}
