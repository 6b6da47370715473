using System.Threading.Channels;
using TriageWorker.Triage;

namespace TriageWorker.Bus.Tests;

/// <summary>Work whose steps a test writes; what ran is told through a channel.</summary>
public sealed class ScriptedWork(Stage stage, RetryPolicy retry, Func<Claim, CancellationToken, Task> run, Func<Claim, string, CancellationToken, Task>? giveUp = null) : IStageWork
{
    public Channel<StudyUid> Started { get; } = Channel.CreateUnbounded<StudyUid>();

    public Stage Stage => stage;

    public RetryPolicy Retry => retry;

    public async Task RunAsync(Claim claim, CancellationToken stop)
    {
        await Started.Writer.WriteAsync(claim.Study, stop);
        await run(claim, stop);
    }

    public Task GiveUpAsync(Claim claim, string because, CancellationToken stop) =>
        giveUp is null ? throw new InvalidOperationException("This work is never given up.") : giveUp(claim, because, stop);
}
