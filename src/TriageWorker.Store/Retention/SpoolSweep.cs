using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Where a sweep has got to.</summary>
public enum SweepStep
{
    /// <summary>The rows of a study are gone and its files are written down to be removed.</summary>
    RowsRemoved,

    /// <summary>Files are hidden.</summary>
    Hidden,

    /// <summary>Those that a row refers to are back, the others are removed.</summary>
    Removed,

    /// <summary>Nothing is written down to be removed any more.</summary>
    Settled,
}

/// <summary>Removes studies' images from one spool, and finishes what an earlier sweep began.</summary>
/// <param name="reached">Told of each step as it is done.</param>
public sealed class SpoolSweep(RemovalStore removals, SweptSpool spool, Action<SweepStep>? reached = null)
{
    private const int MostFiles = 1000;

    /// <summary>Removes a study's images in this spool, rows first.</summary>
    /// <returns>As <see cref="RemovalStore.RemoveAsync"/>.</returns>
    public async Task<IReadOnlyList<RemovedSeries>> RemoveAsync(StudyUid study, DateTimeOffset before, string because, CancellationToken stop)
    {
        var removed = await removals.RemoveAsync(study, spool.Id, before, spool.Has, because, stop);
        if (removed.Count == 0) return removed;
        reached?.Invoke(SweepStep.RowsRemoved);
        await FinishAsync(stop);
        return removed;
    }

    /// <summary>Removes every file that is written down to be removed, unless a row refers to it. Doing it again changes nothing.</summary>
    /// <returns>How many there were.</returns>
    public async Task<int> FinishAsync(CancellationToken stop)
    {
        var finished = 0;
        while (await removals.DueAsync(spool.Id, MostFiles, stop) is { Count: > 0 } due)
        {
            var kept = await removals.ReferredAsync(spool.Id, due, stop);
            spool.Hide(due.Where(path => !kept.Contains(path)));
            reached?.Invoke(SweepStep.Hidden);
            kept = await removals.ReferredAsync(spool.Id, due, stop); // whoever gave it a row before it was hidden shows now
            spool.PutBack(kept);
            spool.Remove([.. due.Where(path => !kept.Contains(path))]);
            reached?.Invoke(SweepStep.Removed);
            await removals.SettleAsync(spool.Id, due, stop);
            reached?.Invoke(SweepStep.Settled);
            finished += due.Count;
        }

        return finished;
    }
}
