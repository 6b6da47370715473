using Microsoft.Extensions.Logging;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Jobs;

/// <summary>Closes series and studies that have no more to come, or looks again when they may.</summary>
public sealed partial class ClosingWork(ClosingStore closing, ILogger<ClosingWork> log) : IStageWork
{
    public Stage Stage => Stage.Closing;

    /// <summary>Judging reads a few rows, so a failure is the database's, and it is soon over or long.</summary>
    public static RetryPolicy Policy { get; } = new(10, TimeSpan.FromSeconds(1), TimeSpan.FromMinutes(1));

    public RetryPolicy Retry => Policy;

    public async Task RunAsync(Claim claim, CancellationToken stop)
    {
        var evidence = await closing.EvidenceAsync(claim.Study, stop)
            ?? throw new InvalidOperationException($"Closing work {claim.Work.Id} speaks of a study that is not stored.");
        switch (Completeness.Of(evidence))
        {
            case Completeness.Waiting { Series.Count: > 0 } waiting:
                await closing.CloseSeriesAsync(claim.Work, waiting, stop);
                break;
            case Completeness.Waiting waiting:
                await claim.RescheduleAsync(waiting.Until, stop);
                break;
            case Completeness.Closed closed:
                await closing.CloseAsync(claim.Work, closed, stop);
                break;
        }
    }

    /// <summary>A study that cannot be judged complete is scored with what is there; a later image opens it again.</summary>
    public async Task GiveUpAsync(Claim claim, string because, CancellationToken stop)
    {
        LogUnjudged(claim.Work.Id, because);
        await closing.CloseAsync(claim.Work, "Whether it is complete could not be judged because of a technical fault; it is scored with what is there.", stop);
    }

    [LoggerMessage(8001, LogLevel.Error, "Closing work {Work} could not judge its study and closes it: {Because}")]
    private partial void LogUnjudged(long work, string because);
}
