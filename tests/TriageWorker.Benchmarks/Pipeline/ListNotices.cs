using System.Collections.Concurrent;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Benchmarks.Pipeline;

/// <summary>When open pages are told of each study: what a reader of the list sees follows from it.</summary>
public sealed class ListNotices : IAsyncDisposable
{
    private readonly ConcurrentDictionary<StudyUid, ConcurrentQueue<DateTimeOffset>> _told = new();
    private readonly CancellationTokenSource _stop = new();
    private readonly Task _following;

    public ListNotices(WorklistChanges changes, TimeProvider time) => _following = FollowAsync(changes, time);

    /// <summary>The first notice not before a moment; null when none has come yet.</summary>
    public DateTimeOffset? FirstSince(DateTimeOffset moment, StudyUid study) =>
        _told.TryGetValue(study, out var notices) && notices.Any(at => at >= moment) ? notices.First(at => at >= moment) : null;

    public async ValueTask DisposeAsync()
    {
        await _stop.CancelAsync();
        await _following;
        _stop.Dispose();
    }

    private async Task FollowAsync(WorklistChanges changes, TimeProvider time)
    {
        try
        {
            await foreach (var study in changes.FollowAsync(_stop.Token)) _told.GetOrAdd(study, _ => new()).Enqueue(time.GetUtcNow());
        }
        catch (OperationCanceledException) when (_stop.IsCancellationRequested)
        {
            // The run is over.
        }
    }
}
