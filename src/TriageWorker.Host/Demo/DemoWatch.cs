using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Demo;

/// <summary>Waits until each pushed study has an outcome, or the deadline has passed.</summary>
public sealed class DemoWatch(StudyPageStore pages, TimeProvider clock)
{
    private static readonly TimeSpan Look = TimeSpan.FromMilliseconds(250);

    /// <summary>Outcomes in the studies' order; an overdue one says how far it came.</summary>
    /// <param name="onDecided">Called once per study that has its outcome.</param>
    public async Task<IReadOnlyList<DemoOutcome>> UntilDecidedAsync(
        IReadOnlyList<PushedStudy> studies, TimeSpan deadline, Action onDecided, CancellationToken stop)
    {
        var outcomes = new DemoOutcome?[studies.Count];
        var began = clock.GetTimestamp();
        using var timer = new PeriodicTimer(Look, clock);
        do
        {
            for (var i = 0; i < studies.Count; i++)
            {
                if (outcomes[i] is not null || await FindAsync(studies[i], stop) is not { } outcome) continue;
                outcomes[i] = outcome;
                onDecided();
            }
        }
        while (outcomes.Contains(null) && clock.GetElapsedTime(began) < deadline && await timer.WaitForNextTickAsync(stop));

        for (var i = 0; i < studies.Count; i++) outcomes[i] ??= DemoOutcome.Overdue(studies[i], await PageAsync(studies[i].Study.Uid, stop));
        return [.. outcomes.Select(outcome => outcome!)];
    }

    private async Task<DemoOutcome?> FindAsync(PushedStudy pushed, CancellationToken stop)
    {
        if (pushed.Stored == 0) return DemoOutcome.NothingArrived(pushed);
        return await PageAsync(pushed.Study.Uid, stop) is { Decisions.Count: > 0, Study.ClosedAt: not null } page ? DemoOutcome.Of(pushed, page) : null;
    }

    private async Task<StudyPage?> PageAsync(StudyUid? study, CancellationToken stop) => study is { } uid ? await pages.FindAsync(uid, stop) : null;
}
