namespace TriageWorker.Chaos;

/// <summary>Scanners that push a number of studies, a few for each trouble, so that every trouble meets work.</summary>
internal sealed class Pushing(ChaosCluster cluster, TroubleMaker troubles, string name) : IDisposable
{
    private const int Scanners = 2;
    private readonly SemaphoreSlim _allowed = new(0);
    private int _next;

    /// <summary>Lets the scanners push so many studies more.</summary>
    public void Allow(int studies)
    {
        if (studies > 0) _allowed.Release(studies);
    }

    public Task RunAsync(int studies, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Scanners).Select(_ => ScannerAsync(studies, stop)));

    public void Dispose() => _allowed.Dispose();

    private async Task ScannerAsync(int studies, CancellationToken stop)
    {
        for (var number = Interlocked.Increment(ref _next); number <= studies; number = Interlocked.Increment(ref _next))
        {
            await _allowed.WaitAsync(stop);
            await cluster.Scanner.PushAsync($"{name}-{number}", number, troubles.ListeningAsync, stop);
        }
    }
}
