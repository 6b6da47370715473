namespace TriageWorker.Chaos;

/// <summary>Scanners that push a number of studies, never far ahead of the decisions, so that every trouble meets work.</summary>
internal sealed class Pushing(ChaosCluster cluster, TroubleMaker troubles, int studies)
{
    private const int Scanners = 2, Ahead = 14;
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(10);
    private int _next, _pushed;

    public bool IsOver => Volatile.Read(ref _pushed) == studies;

    public Task RunAsync(string name, CancellationToken stop) => Task.WhenAll(Enumerable.Range(0, Scanners).Select(_ => ScannerAsync(name, stop)));

    private async Task ScannerAsync(string name, CancellationToken stop)
    {
        for (var number = Interlocked.Increment(ref _next); number <= studies && !stop.IsCancellationRequested; number = Interlocked.Increment(ref _next))
        {
            var floor = number - Ahead;
            if (floor > 0)
                await cluster.Database.UntilAsync("studies are decided", "select count(distinct study_uid) from decision", count => count >= floor, Patience);
            await cluster.Scanner.PushAsync($"{name}-{number}", number, troubles.ListeningAsync, stop);
            Interlocked.Increment(ref _pushed);
        }
    }
}
