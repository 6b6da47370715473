using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>When what a study waits for is expected to be over, and what that rests on.</summary>
/// <param name="At">Null: unknown, and <paramref name="Basis"/> says why.</param>
public sealed record Eta(DateTimeOffset? At, string Basis)
{
    /// <summary>The expected verdict, while there is none; then the documents.</summary>
    /// <returns>Null when nothing is waited for.</returns>
    public static Eta? Of(StudyPage page, Surroundings around, TimeZoneInfo zone)
    {
        if (page.Pending(Stage.Closing) is { } closing) return Closing(page, closing, around);
        if (page.Pending(Stage.Scoring) is { } scoring) return Scoring(scoring, around, zone);
        var waiting = page.Deliveries.Where(delivery => delivery.State == "due").ToArray();
        if (waiting.Length == 0) return null;
        if (waiting.FirstOrDefault(delivery => around.Down.ContainsKey(delivery.Destination)) is { } held) return Unknown($"{held.Destination} is down");
        var failing = waiting.Select(page.WorkOf).Where(work => work is { LastError: not null }).MaxBy(work => work!.DueAt);
        return failing is null
            ? Unknown("how long a destination takes is not measured")
            : Unknown($"an attempt failed; the next one is due at {SiteMoment.Of(failing.DueAt, around.Now, zone)}");
    }

    private static Eta Closing(StudyPage page, WorkRow work, Surroundings around)
    {
        if (around.Nodes.Serving(Stage.Closing).Processes == 0) return Unknown("no process with the role jobs is running");
        if (Queue(around) is not { } queue) return WhyNone(around);
        var evidence = around.Evidence;
        var quietAt = Later(evidence.LastImageAt + evidence.IdleTime, around.Now);
        return evidence.OpenAssociations > 0
            ? Unknown($"{page.Study.Caller} has an association open; about {SiteMoment.Span(evidence.IdleTime + queue.Scoring)} after its last image ({queue.Words})")
            : new(Later(quietAt, Later(work.DueAt, around.Now + queue.Wait)) + queue.Scoring, $"{SiteMoment.Span(evidence.IdleTime)} of quiet, then {queue.Words}");
    }

    private static Eta Scoring(WorkRow work, Surroundings around, TimeZoneInfo zone)
    {
        if (work.State == "leased")
        {
            if (Median(around.RecentScorings) is not { } median) return Unknown("nothing has been scored here yet");
            var end = work.ChangedAt + median;
            return end > around.Now
                ? new(end, Words(median, around))
                : new(around.Now, $"it takes longer than usual: {SiteMoment.Span(around.Now - work.ChangedAt)} so far, {Words(median, around)}");
        }

        if (around.Images is { } wait && work.LastError is null && around.Nodes.Serving(Stage.Scoring).Slots > 0)
            return NodeWait.Eta(wait, work, around, zone, Median(around.RecentScorings));
        if (Queue(around) is not { } queue) return WhyNone(around);
        return new(Later(work.DueAt, around.Now + queue.Wait) + queue.Scoring, queue.Words);
    }

    /// <summary>The time of one scoring, and of the rounds that the slots need for what stands before.</summary>
    private static (TimeSpan Scoring, TimeSpan Wait, string Words)? Queue(Surroundings around)
    {
        var (processes, slots) = around.Nodes.Serving(Stage.Scoring);
        if (slots == 0 || Median(around.RecentScorings) is not { } median) return null;
        var (due, running) = (around.Ahead?.Due ?? 0, around.Ahead?.Running ?? 0);
        // Slots that are free take what stands before at once; those at work are half way through on average.
        var rounds = due + running < slots ? 0 : (due + Math.Min(running, slots)) / slots - (running > 0 ? 0.5 : 0);
        return (median, Math.Max(0, rounds) * median, $"{Words(median, around)}, {due} ahead and {running} at work, {(slots == 1 ? "1 slot" : $"{slots} slots")} in {(processes == 1 ? "1 process" : $"{processes} processes")}");
    }

    private static Eta WhyNone(Surroundings around) =>
        Unknown(around.Nodes.Serving(Stage.Scoring).Slots == 0 ? "no scoring process is running" : "nothing has been scored here yet");

    private static string Words(TimeSpan median, Surroundings around) =>
        around.RecentScorings.Count == 1 ? $"the last scoring took {SiteMoment.Span(median)}" : $"the median of the last {around.RecentScorings.Count} scorings is {SiteMoment.Span(median)}";

    private static TimeSpan? Median(IReadOnlyList<TimeSpan> times) => times.Count == 0 ? null : times.Order().ElementAt(times.Count / 2);

    private static DateTimeOffset Later(DateTimeOffset one, DateTimeOffset other) => one > other ? one : other;

    private static Eta Unknown(string because) => new(null, $"unknown, because {because}");
}
