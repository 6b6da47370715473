using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Web;

/// <summary>Reads one study from the store and says it in the page's words.</summary>
internal sealed class StudyReader(StudyJourneyStore journeys, StudyStore studies, RiskConfirmationStore risks)
{
    /// <summary>Null when there is no such study.</summary>
    public async Task<StudyView?> ReadAsync(StudyUid uid, CancellationToken stop)
    {
        if (await journeys.FindAsync(uid, stop) is not { Page: { Worklist: { } row } page } journey) return null;
        var own = (await studies.InstancesAsync(uid, null, stop)).Where(instance => instance.Own).ToDictionary(instance => instance.Sop.Value, StringComparer.Ordinal);
        var packages = Packages(page, await risks.AllAsync(stop));
        var (scores, provenance) = packages is [var leading, ..] ? (leading.Scores, leading.Provenance) : (null, null);
        return new StudyView(WorklistReader.Of(row), scores, provenance, Series(page), [.. page.Evidence.Select(line => new Said(line.At, line.Series is { } series ? $"{StudyTimeline.Named(page, series)}: {line.Sentence}" : line.Sentence))],
            journey.Hops,
            [.. page.Work.Where(work => work.State != "done").Select(work =>
                new PendingView(work.IsDeferred ? "deferred" : work.Stage.ToString().ToLowerInvariant(), work.DueAt, work.Attempts, work.State == "leased", work.State == "dead", work.LastError))],
            [.. page.Deliveries.Select(delivery => Delivery(delivery, own, page.Work))],
            [.. page.Audit.Select(line => new AuditView(line.At, line.Actor, line.Event, line.Detail))])
        {
            Others = packages.Skip(1).ToList(),
            Originals = [.. page.Forwards.Select(round => new OriginalsView(round.Destination, round.Images, round.Images - round.Missing, round.State,
                round.Because ?? (round.State == "due" ? page.WorkOf(round)?.LastError : null), round.SettledAt ?? round.CreatedAt))],
            Caller = page.Study.Caller,
            Remarks = journey.Remarks,
            WaitsFor = journey.WaitsFor,
            Eta = journey.Eta,
        };
    }

    /// <summary>The newest result of each package: what weighs most first, then what came last.</summary>
    private static IReadOnlyList<PackageView> Packages(StudyPage page, IReadOnlyList<ConfirmedRisk> confirmed) =>
    [
        // The lists were read one after the other: a result may be newer than the list of generations.
        .. from result in page.Results
           join generation in page.Generations on result.Generation equals generation.Id
           group (result, generation) by generation.PackageId into ofPackage
           let newest = ofPackage.Last()
           let decision = page.Decisions.LastOrDefault(decision => decision.Generation == newest.result.Generation)
           orderby decision?.Level descending, decision?.State == "negative" descending, newest.result.CommittedAt descending
           select Of(newest.result, newest.generation, decision, confirmed),
    ];

    private static PackageView Of(ResultRow result, GenerationRow generation, DecisionRow? decision, IReadOnlyList<ConfirmedRisk> confirmed)
    {
        var provenance = new Provenance(result.Scores.Package, decision?.PolicyId, decision?.PolicyVersion, decision?.PolicyDigest, generation.Id.ToString(),
            generation.Series.Value, result.Provider, result.CodeVersion, result.TensorDigest, result.Quality, result.Timings);
        var scores = Disclosure.Shown(result.Known, decision?.Approved ?? [], confirmed);
        return new(decision?.Because ?? "", scores is null ? null : Scored(scores, decision, generation) with { RisksRemark = Remark(result) }, provenance);
    }

    private static string? Remark(ResultRow result) => result switch
    {
        { Scores.RisksFollow: false } => null,
        { Addition: { } addition } => addition.Because,
        _ => "Still to come: they are computed after the urgent work.",
    };

    private static StudyScored Scored(StudyScores scores, DecisionRow? decision, GenerationRow generation)
    {
        var flags = decision?.Flags.ToDictionary(flag => flag.Key, StringComparer.Ordinal) ?? [];
        var approved = decision?.Approved.ToDictionary(finding => finding.Key, StringComparer.Ordinal) ?? [];
        var findings = scores.Findings.Select(finding =>
        {
            var flag = flags.GetValueOrDefault(finding.Key);
            return new FindingView(finding.Key, finding.Label, finding.Score, flag?.Threshold ?? approved.GetValueOrDefault(finding.Key)?.Threshold, flag?.Level ?? FlagLevel.None)
            {
                Attention = flag is null || finding.Attention is not { } attention ? null : new AttentionView(
                    attention.Said(), attention.SopUid, attention.Frame, SpoolInstances.Picture(generation.Study, generation.Series, attention.SopUid, attention.Frame)),
            };
        });
        return new(
            [.. findings.OrderByDescending(finding => finding.Level).ThenBy(finding => finding.Threshold is null).ThenByDescending(finding => finding.Score)],
            [.. scores.Phenotypes.OrderByDescending(phenotype => phenotype.Score)],
            [.. scores.Risks.OrderByDescending(risk => risk.Score)]);
    }

    private static IReadOnlyList<SeriesView> Series(StudyPage page)
    {
        var said = page.Selection.GroupBy(row => row.Verdict.Series).ToDictionary(group => group.Key, group => Said([.. group]));
        return [.. page.Series.Select(series =>
        {
            var verdict = said.GetValueOrDefault(series.Uid);
            return new SeriesView(series.Uid.Value, series.Modality, series.Description, series.Images, page.OwnSeries.Contains(series.Uid), verdict?.Chosen, verdict?.Reason);
        })];
    }

    // Where packages disagree about a series, it was read, and each one's reason is told.
    private static SeriesVerdict Said(IReadOnlyList<SelectionRow> ofSeries)
    {
        SelectionRow[] newest = [.. ofSeries.GroupBy(row => row.PackageId).Select(group => group.Last())];
        return newest is [var only] ? only.Verdict : new(newest[0].Verdict.Series, newest.Any(row => row.Verdict.Chosen), string.Join(" ", newest.Select(row => $"{row.PackageId}: {row.Verdict.Reason}")));
    }

    private static DeliveryView Delivery(DeliveryRow row, Dictionary<string, InstanceRow> own, IReadOnlyList<WorkRow> work)
    {
        // A delivery that waits for its next attempt is not merely due: its work row says what went wrong.
        var because = row.Because ?? work.FirstOrDefault(due => due.Stage == Stage.Delivery && due.Key == row.Id.ToString() && row.State == "due")?.LastError;
        var kept = row.SopUid is null ? null : own.GetValueOrDefault(row.SopUid);
        return new(row.Destination, row.Document.ToString().ToLowerInvariant(), row.State, because, row.CreatedAt, row.DeliveredAt, row.SopUid,
            kept is null ? null : SpoolInstances.Address(kept));
    }
}
