using System.Globalization;
using System.Runtime.CompilerServices;
using TriageWorker.Testing;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>How objects are sent, and who is there to take them.</summary>
public sealed record ReceiveCase(int Associations, bool Tuned)
{
    public const string Ours = "TriageWorker", Sink = "keeping nothing", StoreScpSink = "storescp --ignore, TCP_NODELAY=1, 128 KB PDUs";

    /// <summary>The order of runs: both tuned ones first, as the others' are slow.</summary>
    public static IReadOnlyList<ReceiveCase> All { get; } = [new(1, true), new(8, true), new(1, false), new(8, false)];

    public string Name => string.Create(CultureInfo.InvariantCulture, $"{Associations}.{(Tuned ? "tuned" : "default")}");

    /// <summary>Ours and its peers, each new and empty. Whoever calls ends them.</summary>
    public async IAsyncEnumerable<IReceiver> StartAsync(TemporaryFolder folder, string studyUid, bool quick, [EnumeratorCancellation] CancellationToken stop)
    {
        var forks = Associations > 1; // else it takes them one after the other
        yield return await OwnReceiver.StartAsync(Ours, folder.At(Name, "ours"), keeps: true, stop);
        yield return await StoreScpReceiver.StartAsync("storescp, TCP_NODELAY=1", folder.At(Name, "nodelay"), noDelay: true, forks);
        yield return await StoreScpReceiver.StartAsync("storescp, TCP_NODELAY=1, 128 KB PDUs, +B", folder.At(Name, "best"), noDelay: true, forks, "+B", "-pdu", "131072");
        yield return await OrthancReceiver.StartAsync("Orthanc, TCP_NODELAY=1", studyUid, noDelay: true);
        if (Tuned)
        {
            yield return await OwnReceiver.StartAsync(Sink, folder.At(Name, "sink"), keeps: false, stop);
            yield return await StoreScpReceiver.StartAsync(StoreScpSink, folder.At(Name, "ignore"), noDelay: true, forks, "--ignore", "-pdu", "131072");
        }

        if (quick) yield break; // these stall, which takes time to show
        yield return await StoreScpReceiver.StartAsync("storescp", folder.At(Name, "defaults"), noDelay: false, forks);
        yield return await OrthancReceiver.StartAsync("Orthanc", studyUid, noDelay: false);
    }
}
