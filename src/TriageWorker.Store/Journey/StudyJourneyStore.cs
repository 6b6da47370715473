using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>"Where is my study?": what happened, what it waits for, and until when. No query grows with the number of studies stored.</summary>
public sealed class StudyJourneyStore(
    Database database, StudyPageStore pages, ClosingStore closing, NodeStore nodes, ImageWaitStore waits, WorkCredits credits, IOptions<SiteOptions> site)
{
    private const int ResultsLookedAt = 20;
    private static readonly TimeSpan NodesWithin = TimeSpan.FromDays(1);
    private readonly TimeZoneInfo _zone = site.Value.Zone ?? TimeZoneInfo.Local;

    /// <summary>Null when there is no such study.</summary>
    public async Task<StudyJourney?> FindAsync(StudyUid study, CancellationToken stop)
    {
        if (await pages.FindAsync(study, stop) is not { } page) return null;
        var around = await AroundAsync(page, stop);
        return new StudyJourney(page, StudyTimeline.Of(page), WaitsFor.Of(page, around, _zone), Eta.Of(page, around, _zone), around.Now) { Remarks = ImagesSaid.Of(page, _zone) };
    }

    private async Task<Surroundings> AroundAsync(StudyPage page, CancellationToken stop)
    {
        var evidence = await closing.EvidenceAsync(page.Study.Uid, stop) ?? throw new InvalidOperationException("The study was removed while it was read.");
        var seen = await nodes.SeenAsync(NodesWithin, stop);
        var images = await waits.FindAsync(page.Study.Uid, stop);
        await using var connection = await database.OpenAsync(stop);
        return new Surroundings(evidence.Now, evidence, seen, await AheadAsync(connection, page, stop), await RecentScoringsAsync(connection, stop),
            await DownAsync(connection, stop)) { Images = images };
    }

    private async Task<QueueAhead?> AheadAsync(NpgsqlConnection connection, StudyPage page, CancellationToken stop)
    {
        if (page.Pending(Stage.Scoring) is { State: "due" } scoring) return await AheadAsync(connection, Stage.Scoring, scoring.Urgency, scoring.Id, stop);
        // It will be pushed when it closes; what is as urgent then stands before it.
        return page.Pending(Stage.Closing) is { } waiting
            ? await AheadAsync(connection, Stage.Scoring, waiting.DueAt - credits.Of(page.Study.Order), long.MaxValue, stop)
            : null;
    }

    private static async Task<QueueAhead> AheadAsync(NpgsqlConnection connection, Stage stage, DateTimeOffset urgency, long id, CancellationToken stop) =>
        (await connection.FirstAsync(
            """
            select (select count(*) from work where stage = $1 and state = 'due' and coalesce(lane, '') = '' and urgency <= $2 and (urgency, id) < ($2, $3) and due_at <= now())::integer,
              (select count(*) from work where state = 'leased' and stage = $1)::integer
            """,
            [stage.Column(), urgency, id], row => new QueueAhead(stage, row.GetInt32(0), row.GetInt32(1)), stop))!;

    private static async Task<Dictionary<string, LaneDown>> DownAsync(NpgsqlConnection connection, CancellationToken stop) =>
        (await connection.ListAsync("select lane, reason, opened_at, probe_at from breaker where state = 'open'", [],
            row => (Lane: row.GetString(0), Down: new LaneDown(row.GetString(1), row.Time(2), row.Time(3))), stop)).ToDictionary(row => row.Lane, row => row.Down, StringComparer.Ordinal);

    private static async Task<List<TimeSpan>> RecentScoringsAsync(NpgsqlConnection connection, CancellationToken stop) =>
        await connection.ListAsync("select timings::text from result order by committed_at desc limit $1", [ResultsLookedAt],
            row => TimeSpan.FromMilliseconds(StoreJson.ReadFigures(row.GetString(0)).Values.Sum()), stop);
}
