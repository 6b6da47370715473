using System.Globalization;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>Each hop of a study with its time, gathered from the rows that the stages left.</summary>
public static class StudyTimeline
{
    private const int MostAssociationsToldOneByOne = 4; // some scanners open one for each image

    /// <summary>In the order in which they happened.</summary>
    public static IReadOnlyList<Hop> Of(StudyPage page) =>
        [.. Arrival(page).Concat(Choice(page)).Concat(Verdict(page)).Concat(Documents(page)).Concat(Originals(page)).Concat(LedgerHops.Of(page.Audit)).OrderBy(hop => hop.At)];

    private static IEnumerable<Hop> Arrival(StudyPage page)
    {
        var study = page.Study;
        foreach (var hop in Associations(page.Associations)) yield return hop;
        yield return new(study.FirstReceivedAt, "First image", $"from {study.Caller}");
        // What was removed is not here, but it came.
        var images = study.Images + page.Series.Sum(series => series.Removed?.Images ?? 0);
        if (images > 1) yield return new(study.LastReceivedAt, "Last image", $"{images} images in {page.Series.Count - page.OwnSeries.Count} series");
        if (page.Conflicts is { } conflicts)
            yield return new(conflicts.At, "Conflict", ImagesSaid.InConflict(conflicts));
        foreach (var line in page.Evidence) yield return Complete(page, line);
        foreach (var failing in page.Work.Where(work => work is { Stage: Stage.Closing, LastError: not null })) yield return Failing(failing, "Closing");
    }

    private static Hop Complete(StudyPage page, EvidenceRow line) => line switch
    {
        { Series: { } series } => new(line.At, "Series complete", $"{Named(page, series)}: {line.Sentence}"),
        { Kind: "manifest" } => new(line.At, "Image list", line.Sentence),
        _ => new(line.At, "Closed", line.Sentence),
    };

    private static IEnumerable<Hop> Associations(IReadOnlyList<AssociationRow> associations)
    {
        if (associations.Count > MostAssociationsToldOneByOne)
        {
            yield return new(associations[0].OpenedAt, "Associations", $"{associations.Count} of {associations[0].CallingAe}, from here on");
            if (associations.All(association => association.EndedAt is not null))
                yield return new(associations.Max(association => association.EndedAt!.Value), "Associations ended", Endings(associations));
            yield break;
        }

        foreach (var association in associations)
        {
            yield return new(association.OpenedAt, "Association", $"opened by {association.CallingAe} ({association.PeerAddress})");
            if (association is { EndedAt: { } at, Ending: { } ending })
                yield return new(at, $"Association {Word(ending)}", $"{Count(association.Objects, "object")}, {association.Images} of this study, {association.Refused} refused");
        }
    }

    private static string Endings(IReadOnlyList<AssociationRow> associations) => string.Join(", ",
        [.. associations.GroupBy(association => association.Ending!.Value).OrderBy(group => group.Key).Select(group => $"{group.Count()} {Word(group.Key)}"),
         $"{associations.Sum(association => association.Refused)} objects refused"]);

    private static IEnumerable<Hop> Choice(StudyPage page)
    {
        foreach (var row in page.Selection)
        {
            yield return new(row.At, row.Verdict.Chosen ? "Series chosen" : "Series refused", Of(page, row.PackageId, $"{Named(page, row.Verdict.Series)}: {row.Verdict.Reason}"));
        }

        foreach (var generation in page.Generations)
            yield return new(generation.CreatedAt, "Selected", $"for {generation.PackageId} {generation.PackageVersion} (digest {generation.PackageDigest[..12]})");
    }

    /// <summary>A series as people know it, and its UID.</summary>
    public static string Named(StudyPage page, SeriesUid uid) =>
        page.Series.FirstOrDefault(series => series.Uid == uid)?.Description is { } description ? $"\"{description}\" {uid}" : $"{uid}";

    private static IEnumerable<Hop> Verdict(StudyPage page)
    {
        var scoring = page.Work.FirstOrDefault(work => work.Stage == Stage.Scoring && !work.IsDeferred);
        foreach (var result in page.Results)
        {
            var isNewest = result == page.Results[^1];
            var attempts = isNewest && scoring is { State: "done", Attempts: > 1, LastError: { } error } ? $"; attempt {scoring.Attempts}, the one before failed: {error}" : "";
            yield return new(result.CommittedAt, "Scored", Of(page, result.Scores.Package.Id, Timings(result.Timings, result.Provider) + attempts));
            if (result.Addition is { } addition) yield return new(addition.At, addition.Because is null ? "Risks added" : "No risks", Of(page, result.Scores.Package.Id, addition.Because
                ?? $"{addition.Risks.Count} five-year risks, after the urgent work: {Timings(addition.Timings, addition.Provider!)}"));
        }

        foreach (var decision in page.Decisions)
        {
            var moved = decision == page.Decisions[^1] ? page.Worklist?.Moved : null;
            var said = Of(page, decision.PackageId, $"{decision.State.Replace('_', ' ')}: {decision.Because}");
            yield return new(decision.DecidedAt, "Decided", moved is null ? said : Sentences.Then(said, moved));
        }

        if (scoring is { State: not "done", LastError: not null }) yield return Failing(scoring, "Scoring");
        foreach (var failing in page.Work.Where(work => work is { IsDeferred: true, State: not "done", LastError: not null })) yield return Failing(failing, "Five-year risks");
    }

    // Only where several packages look at the study does anybody ask which it was.
    private static string Of(StudyPage page, string? packageId, string said) =>
        packageId is not null && page.Selection.Select(row => row.PackageId).Distinct().Skip(1).Any() ? $"{packageId}: {said}" : said;

    private static IEnumerable<Hop> Documents(StudyPage page)
    {
        foreach (var delivery in page.Deliveries)
        {
            if (delivery.DeliveredAt is { } at) yield return new(at, "Delivered", $"{Kind(delivery.Document)} to {delivery.Destination}");
            else if (delivery.State == "due" && page.WorkOf(delivery) is { LastError: not null } work) yield return Failing(work, "Delivery");
        }
    }

    private static IEnumerable<Hop> Originals(StudyPage page)
    {
        foreach (var round in page.Forwards)
        {
            if (round is { State: "delivered", SettledAt: { } at }) yield return new(at, "Forwarded", $"{round.What} to {round.Destination}");
            else if (round.State == "due" && page.WorkOf(round) is { LastError: not null } work) yield return Failing(work, "Forwarding");
        }
    }

    /// <summary>A document as people call it.</summary>
    public static string Kind(DocumentKind kind) => kind == DocumentKind.Sr ? "SR" : kind.ToString().ToLowerInvariant();

    private static Hop Failing(WorkRow work, string what) => new(work.ChangedAt, $"{what} failed", $"attempt {work.Attempts}: {work.LastError}");

    private static string Timings(IReadOnlyDictionary<string, double> timings, string provider) => string.Create(CultureInfo.InvariantCulture,
        $"{string.Join(", ", timings.Select(step => string.Create(CultureInfo.InvariantCulture, $"{step.Key} {step.Value:0} ms")))} on {provider}");

    private static string Word(AssociationEnding ending) => ending.ToString().ToLowerInvariant();

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
