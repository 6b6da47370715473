using Microsoft.Extensions.Options;
using TriageWorker.Host.Administration;
using TriageWorker.Store;

namespace TriageWorker.Host.Studies;

/// <summary>Finds out where the studies are that somebody asks for.</summary>
public sealed class StudyInquiry(ProductDatabase database)
{
    private const int Most = 50; // of one accession number: more is a number that says nothing

    public SiteTimes Times { get; } = new(database.Get<IOptions<SiteOptions>>().Value);

    public async Task<StudyAnswer> AskAsync(string asked, CancellationToken stop)
    {
        var documents = new List<StudyDocument>();
        foreach (var study in (await database.Get<StudyStore>().LookUpAsync(asked, stop)).Take(Most))
            if (await database.Get<StudyJourneyStore>().FindAsync(study.Uid, stop) is { } journey) documents.Add(StudyDocument.Of(journey, Times));
        return new StudyAnswer(asked, Times.ZoneName, documents, documents.Count > 0 ? null : await AbsenceAsync(stop));
    }

    /// <summary>None when there is no such study.</summary>
    public async Task<IReadOnlyList<PhenotypeReport>> PhenotypesAsync(string asked, int top, CancellationToken stop)
    {
        var reports = new List<PhenotypeReport>();
        foreach (var study in (await database.Get<StudyStore>().LookUpAsync(asked, stop)).Take(Most))
            if (await database.Get<StudyPageStore>().FindAsync(study.Uid, stop) is { } page) reports.Add(PhenotypeReport.Of(page, top));
        return reports;
    }

    private async Task<AbsenceDocument> AbsenceAsync(CancellationToken stop)
    {
        var absence = await database.Get<AbsenceStore>().ReadAsync(stop);
        return new AbsenceDocument(
            [.. absence.Refused.Select(caller => caller with { FirstAt = Times.Here(caller.FirstAt), LastAt = Times.Here(caller.LastAt) })],
            [.. absence.Cut.Select(cut => cut with { EndedAt = Times.Here(cut.EndedAt) })], absence.Open, QuarantineFolder.Count(database.Get<IOptions<SpoolOptions>>().Value));
    }
}
