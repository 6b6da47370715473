using TriageWorker.Dicom;

namespace TriageWorker.Benchmarks.Dicom;

/// <summary>One receiver through its runs.</summary>
public sealed class Contestant(IReceiver receiver, Senders senders, int associations)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(50);
    private readonly List<double> _rates = [];
    private double _processorSeconds, _allocated;
    private int _objects;

    public string Name => receiver.Name;

    public bool Keeps => receiver.Keeps;

    /// <summary>Objects per second, the median of the counted runs.</summary>
    public double Rate => BenchmarkContext.Median(_rates);

    /// <summary>Seconds of processor time per 1,000 objects.</summary>
    public double ProcessorSeconds => _processorSeconds / _objects * 1000;

    /// <summary>Managed bytes per object; zero for the peers.</summary>
    public double Allocated => _allocated / _objects;

    public double PeakMegabytes { get; private set; }

    /// <summary>Sends so many objects over each association, and makes sure that all arrived. Of a run that counts they are taken away again.</summary>
    /// <param name="files">Enough for all associations.</param>
    /// <returns>Objects per second.</returns>
    public async Task<double> RunAsync(string[] files, int each, bool counts, CancellationToken stop)
    {
        string[][] shares = [.. files.Chunk(each).Take(associations)];
        var (cpu, allocated) = (ProcessFigures.ProcessorSeconds(receiver.ProcessId), await AllocatedAsync(stop));
        var sending = senders.SendAsync(receiver.Port, shares, stop);
        await WatchMemoryAsync(sending, stop);
        var rate = each * associations / (await sending).TotalSeconds;
        if (receiver.Keeps && await receiver.CountAsync(stop) is var count && count != each * associations)
            throw new InvalidOperationException($"{Name} holds {count} objects of {each * associations}.");
        if (counts)
        {
            _rates.Add(rate);
            _objects += each * associations;
            _processorSeconds += ProcessFigures.ProcessorSeconds(receiver.ProcessId) - cpu;
            _allocated += await AllocatedAsync(stop) - allocated;
            await ClearAsync(stop);
        }

        return rate;
    }

    /// <summary>Takes away all it holds.</summary>
    public Task ClearAsync(CancellationToken stop) => receiver.ClearAsync(stop);

    /// <summary>Compares all it holds, element by element, with what was sent; then takes it away.</summary>
    public async Task VerifyAsync(string[] sent, CancellationToken stop)
    {
        var awaited = sent.Select(path => DicomFile.Read(path).Dataset).ToDictionary(set => set.GetString(DicomTag.SOPInstanceUID)!, Bytes);
        await foreach (var file in receiver.FilesAsync(stop))
        {
            var got = DicomFile.Read(new MemoryStream(file)).Dataset;
            if (!awaited.Remove(got.GetString(DicomTag.SOPInstanceUID) ?? "", out var bytes) || !Bytes(got).AsSpan().SequenceEqual(bytes))
                throw new InvalidOperationException($"{Name} keeps other bytes than it was sent.");
        }

        if (awaited.Count > 0) throw new InvalidOperationException($"{Name} lost {awaited.Count} objects of {sent.Length}.");
        await ClearAsync(stop);

        static byte[] Bytes(DicomDataset set) => set.ToBytes(TransferSyntax.ExplicitVRLittleEndian);
    }

    private Task<double> AllocatedAsync(CancellationToken stop) => receiver is OwnReceiver ours ? ours.AllocatedAsync(stop) : Task.FromResult(0.0);

    // The peak of a process that ends with its association is lost with it.
    private async Task WatchMemoryAsync(Task sending, CancellationToken stop)
    {
        using var timer = new PeriodicTimer(Look);
        do PeakMegabytes = Math.Max(PeakMegabytes, ProcessFigures.PeakMegabytes(receiver.ProcessId));
        while (!sending.IsCompleted && await timer.WaitForNextTickAsync(stop));
    }
}
