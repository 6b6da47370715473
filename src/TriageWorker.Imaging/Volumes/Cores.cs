using System.Runtime.ExceptionServices;

namespace TriageWorker.Imaging.Volumes;

/// <summary>Runs numbered pieces of work on a few cores. A fault comes out as itself, not wrapped up with others.</summary>
internal sealed class Cores(int threads, CancellationToken stop)
{
    private readonly ParallelOptions _options = new()
    {
        MaxDegreeOfParallelism = threads > 0 ? threads : Environment.ProcessorCount,
        CancellationToken = stop,
    };

    public int Count => _options.MaxDegreeOfParallelism;

    public void ForEach(int count, Action<int> work) => Run(() => Parallel.For(0, count, _options, work));

    /// <param name="count">Work is numbered from zero to this, exclusive.</param>
    /// <param name="scratch">What one core at a time uses.</param>
    /// <param name="work">Called with each number once.</param>
    public void ForEach<TScratch>(int count, Func<TScratch> scratch, Action<int, TScratch> work) =>
        Run(() => Parallel.For(
            0,
            count,
            _options,
            scratch,
            (n, _, own) =>
            {
                work(n, own);
                return own;
            },
            _ => { }));

    private static void Run(Action work)
    {
        try
        {
            work();
        }
        catch (AggregateException faults)
        {
            ExceptionDispatchInfo.Throw(faults.InnerExceptions[0]);
        }
    }
}
