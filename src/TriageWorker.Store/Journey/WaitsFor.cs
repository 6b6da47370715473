using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What a study waits for now.</summary>
/// <param name="Sentence">One sentence, or one for each destination that still lacks its document.</param>
/// <param name="IsOver">Nothing more happens by itself.</param>
/// <param name="IsTrouble">Something failed, or nobody is there to do it.</param>
/// <param name="IsDead">A step or a document ended without its purpose: a person may replay it.</param>
public sealed record WaitsFor(string Sentence, bool IsOver = false, bool IsTrouble = false, bool IsDead = false)
{
    /// <param name="zone">Of the times in the sentence.</param>
    public static WaitsFor Of(StudyPage page, Surroundings around, TimeZoneInfo zone)
    {
        var (closing, scoring) = (page.Pending(Stage.Closing), page.Pending(Stage.Scoring));
        if (closing is not null) return Closing(page, closing, around, zone);
        if (scoring is not null) return Scoring(scoring, around, zone);
        var documents = page.Deliveries.Where(delivery => delivery.State == "due")
            .Select(delivery => Delivering($"{StudyTimeline.Kind(delivery.Document)} for {delivery.Destination}", "is", delivery.Destination, page.WorkOf(delivery), around, zone))
            .Concat(page.Forwards.Where(round => round.State == "due").Select(round => Delivering(Originals(round), "are", round.Destination, page.WorkOf(round), around, zone))).ToArray();
        if (documents.Length > 0)
            return new(string.Join(" ", documents.Select(each => each.Sentence).Distinct()), IsTrouble: documents.Any(each => each.IsTrouble));
        if (page.Deferred is { } deferred) return Deferred(deferred, around, zone);
        if (page.Decisions.Count == 0)
            return new("Nothing is due for it and it has no outcome: push an image again, which opens it again.", IsOver: true, IsTrouble: true);
        return GivenUp(page) is { Length: > 0 } given
            ? new($"Nothing more happens by itself: {string.Join("; ", given)}", IsOver: true, IsTrouble: true, IsDead: true)
            : new("Nothing: done.", IsOver: true);
    }

    private static string[] GivenUp(StudyPage page) =>
    [
        .. page.Work.Where(work => work is { State: "dead", Stage: not Stage.Delivery }).Select(work => $"{(work.IsDeferred ? "computing its five-year risks" : work.Stage)} was given up: {work.LastError}"),
        .. page.Forwards.Where(round => round.State == "failed").Select(round => $"{Originals(round)} were given up: {round.Because}"),
        .. page.Deliveries.Where(delivery => delivery.State == "failed").Select(delivery => $"{StudyTimeline.Kind(delivery.Document)} for {delivery.Destination} was given up: {delivery.Because}"),
    ];

    private static string Originals(ForwardRow round) =>
        round.Missing == round.Images ? $"{round.What} for {round.Destination}" : $"{round.Missing} of {round.What} for {round.Destination}";

    private static WaitsFor Closing(StudyPage page, WorkRow work, Surroundings around, TimeZoneInfo zone)
    {
        if (around.Nodes.Serving(Stage.Closing).Processes == 0) return Nobody("It waits to be called complete, but no process with the role jobs is running.");
        if (Failing(work, "Whether it is complete could not be judged", around, zone) is { } failing) return failing;
        var evidence = around.Evidence;
        var quiet = around.Now - evidence.LastImageAt;
        if (evidence.OpenAssociations == 0 && quiet >= evidence.IdleTime) return new($"{page.Study.Caller} is quiet: it is being called complete.");
        var open = evidence.OpenAssociations switch
        {
            0 => "",
            1 => ", one association open",
            var several => $", {several} associations open",
        };
        var lists = evidence.Manifest is { } manifest ? $", {manifest}" : "";
        var (closed, series) = (evidence.Series.Count(each => each.ClosedBy is not null), evidence.Series.Count);
        var complete = closed > 0 ? $", {closed} of {series} series complete" : "";
        var learned = evidence.Learned is { } words ? $"; {words}" : "";
        return new($"Waiting for {page.Study.Caller} to go quiet: {SiteMoment.Span(quiet)} of {SiteMoment.Span(evidence.IdleTime)}{open}{lists}{complete}{learned}.");
    }

    private static WaitsFor Scoring(WorkRow work, Surroundings around, TimeZoneInfo zone)
    {
        if (work.State == "leased") return new($"It is being scored by {work.LeaseOwner} since {SiteMoment.Of(work.ChangedAt, around.Now, zone)} (attempt {work.Attempts}).");
        var (processes, slots) = around.Nodes.Serving(Stage.Scoring);
        if (processes == 0) return Nobody($"It waits to be scored{Behind(around.Ahead)}, but no scoring process is running.");
        if (around.Images is { } wait && work.LastError is null) return NodeWait.Sentence(wait, work, around, zone);
        return Failing(work, "Scoring failed", around, zone)
            ?? new WaitsFor($"Queued{Behind(around.Ahead)}: {Count(slots, "scoring slot")} in {Count(processes, "process", "processes")}, {around.Ahead?.Running ?? 0} at work.");
    }

    private static WaitsFor Deferred(WorkRow work, Surroundings around, TimeZoneInfo zone)
    {
        if (work.State == "leased") return new($"It is decided; its five-year risks are being computed by {work.LeaseOwner} since {SiteMoment.Of(work.ChangedAt, around.Now, zone)} (attempt {work.Attempts}).");
        if (around.Nodes.Serving(Stage.Scoring).Processes == 0) return Nobody("It is decided; its five-year risks are still to come, but no scoring process is running.");
        if (around.Images is { } wait && work.LastError is null) return NodeWait.Sentence(wait, work, around, zone);
        return Failing(work, "It is decided; computing its five-year risks failed", around, zone) ?? new WaitsFor("It is decided; its five-year risks are still to come, after the urgent work.");
    }

    private static WaitsFor Delivering(string what, string verb, string destination, WorkRow? work, Surroundings around, TimeZoneInfo zone)
    {
        var waits = verb == "is" ? "waits" : "wait";
        if (work is null) return Nobody($"{what} {verb} not sent, and nothing is due for it.");
        if (work.State == "leased") return new($"{what} {verb} being sent by {work.LeaseOwner} since {SiteMoment.Of(work.ChangedAt, around.Now, zone)} (attempt {work.Attempts}).");
        if (around.Nodes.Serving(Stage.Delivery).Processes == 0) return Nobody($"{what} {waits} to be sent, but no process with the role delivery is running.");
        // While its destination is down, an attempt of its own is not what it waits for.
        if (around.Down.GetValueOrDefault(destination) is { } down)
            return new($"{what} {waits} until {destination}, down since {SiteMoment.Of(down.Since, around.Now, zone)}, answers again; it is tried next at {SiteMoment.Of(down.NextProbe, around.Now, zone)}: {down.Reason}", IsTrouble: true);
        if (work.LastError is not { } error) return new($"{what} {waits} to be sent.");
        var because = error.StartsWith($"{destination}: ", StringComparison.Ordinal) ? error[(destination.Length + 2)..] : error;
        return new($"Waits for destination {destination}, {Next(work, around, zone)} after {Count(work.Attempts, "attempt")}: {because}", IsTrouble: true);
    }

    private static WaitsFor? Failing(WorkRow work, string what, Surroundings around, TimeZoneInfo zone) => work.LastError is { } error
        ? new WaitsFor($"{what} {(work.Attempts == 1 ? "once" : $"{work.Attempts} times")}, {Next(work, around, zone)}: {error}", IsTrouble: true)
        : null;

    private static string Next(WorkRow work, Surroundings around, TimeZoneInfo zone) =>
        work.DueAt > around.Now ? $"next attempt at {SiteMoment.Of(work.DueAt, around.Now, zone)}" : "the next attempt is due";

    private static string Behind(QueueAhead? ahead) => ahead is { Due: > 0 } ? $" behind {ahead.Due}" : "";

    private static WaitsFor Nobody(string sentence) => new(sentence, IsTrouble: true);

    private static string Count(int number, string one, string? several = null) => number == 1 ? $"1 {one}" : $"{number} {several ?? one + "s"}";
}
