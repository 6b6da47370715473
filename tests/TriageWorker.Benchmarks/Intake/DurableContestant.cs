using System.Diagnostics;
using TriageWorker.Benchmarks.Dicom;

namespace TriageWorker.Benchmarks.Intake;

/// <summary>One receiver through its runs; of ours it is also known when the rows were there.</summary>
internal sealed class DurableContestant(IReceiver receiver, Senders senders, int associations)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(20);
    private readonly List<double> _acknowledged = [], _indexed = [];

    public string Name => receiver.Name;

    /// <summary>Objects acknowledged a second, the median of the counted runs.</summary>
    public double Acknowledged => BenchmarkContext.Median(_acknowledged);

    /// <summary>Rows a second, from the first acceptance until all were there.</summary>
    public double Indexed => BenchmarkContext.Median(_indexed);

    public double PeakMegabytes { get; private set; }

    /// <returns>Objects a second.</returns>
    public async Task<double> RunAsync(string[] files, int each, bool counts, CancellationToken stop)
    {
        string[][] shares = [.. files.Chunk(each).Take(associations)];
        var sending = senders.SpanAsync(receiver.Port, shares, stop);
        using var timer = new PeriodicTimer(Look);
        do PeakMegabytes = Math.Max(PeakMegabytes, ProcessFigures.PeakMegabytes(receiver.ProcessId));
        while (!sending.IsCompleted && await timer.WaitForNextTickAsync(stop));
        var (accepted, released) = await sending;
        var total = each * associations;
        await ArrivedAsync(total, timer, stop);
        var indexed = Stopwatch.GetTimestamp();
        PeakMegabytes = Math.Max(PeakMegabytes, ProcessFigures.PeakMegabytes(receiver.ProcessId));
        var rate = total / Stopwatch.GetElapsedTime(accepted, released).TotalSeconds;
        if (counts)
        {
            _acknowledged.Add(rate);
            _indexed.Add(total / Stopwatch.GetElapsedTime(accepted, indexed).TotalSeconds);
        }

        await receiver.ClearAsync(stop);
        return rate;
    }

    // Ours acknowledges what is on disk and indexes it within the moment; a peer has what it answered for.
    private async Task ArrivedAsync(int total, PeriodicTimer timer, CancellationToken stop)
    {
        int count;
        while ((count = await receiver.CountAsync(stop)) < total)
        {
            if (receiver is not ListenerReceiver) throw new InvalidOperationException($"{Name} holds {count} objects of {total}.");
            await timer.WaitForNextTickAsync(stop);
        }
    }
}
