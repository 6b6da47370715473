using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class SeriesClosingTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_series_that_qualifies_is_scored_before_its_study_closes_and_its_evidence_names_it()
    {
        var study = await ArriveAsync();
        await CloseSeriesAsync(study.Uid, qualifies: true);

        var page = (await fixture.Get<StudyPageStore>().FindAsync(study.Uid, Stop)).ShouldNotBeNull();
        page.Study.ClosedAt.ShouldBeNull();
        page.Work.Select(work => (work.Stage, work.State)).ShouldBe([(Stage.Closing, "due"), (Stage.Scoring, "due")]);
        page.Evidence.ShouldHaveSingleItem().ShouldSatisfyAllConditions(line => line.Kind.ShouldBe("series"), line => line.Series.ShouldBe(SomeStudies.SeriesOf(study.Uid)));
        page.Audit.ShouldHaveSingleItem().Event.ShouldBe("series.closed");
        StudyTimeline.Of(page).Single(hop => hop.Step == "Series complete").Detail.ShouldBe($"\"axial\" {SomeStudies.SeriesOf(study.Uid)}: 3 slices without a gap.");
        (await fixture.Get<StudyStore>().ScorableAsync(study.Uid, Stop)).ShouldSatisfyAllConditions(read => read.IsClosed.ShouldBeFalse(), read => read.Instances.Count.ShouldBe(3));
    }

    [Fact]
    public async Task A_series_that_no_model_reads_asks_for_nothing_and_an_open_one_is_not_read()
    {
        var study = await ArriveAsync();
        (await fixture.Get<StudyStore>().ScorableAsync(study.Uid, Stop)).Instances.ShouldBeEmpty();
        await CloseSeriesAsync(study.Uid, qualifies: false);
        (await fixture.CountAsync("work where stage = 'scoring' and study_uid = $1", study.Uid.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task A_scoring_that_is_under_way_keeps_its_claim_when_it_is_asked_for_again_and_is_due_behind_it()
    {
        var study = await ArriveAsync();
        await CloseSeriesAsync(study.Uid, qualifies: true);
        var scoring = await fixture.ClaimAsync(Stage.Scoring, study.Uid.Value);

        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "3 images, nothing for 5.0 s.", Stop);
        await fixture.Get<OutcomeStore>().CompleteUnchangedAsync(scoring, Stop); // not lost

        (await fixture.ReadAsync("select state, again, attempts from work where stage = 'scoring' and study_uid = $1", row => (row.GetString(0), row.GetBoolean(1), row.GetInt32(2)), study.Uid.Value))
            .ShouldBe(("due", false, 0));
        (await fixture.CountAsync("outbox where queue = 'triage.scoring' and message->>'studyUid' = $1", study.Uid.Value)).ShouldBe(2);
    }

    [Fact]
    public async Task A_scoring_that_finds_nothing_ends_without_an_outcome_only_while_the_study_is_open()
    {
        var study = await ArriveAsync();
        await CloseSeriesAsync(study.Uid, qualifies: true);
        var early = await fixture.ClaimAsync(Stage.Scoring, study.Uid.Value);
        await fixture.ExecuteAsync("update study set closed_at = now() where study_uid = $1", study.Uid.Value);
        (await fixture.Get<OutcomeStore>().CompleteUndecidedAsync(early, Stop)).ShouldBeFalse("it closed meanwhile, and nobody else would say that it was not analysed");
        await fixture.ExecuteAsync("update study set closed_at = null where study_uid = $1", study.Uid.Value);
        (await fixture.Get<OutcomeStore>().CompleteUndecidedAsync(early, Stop)).ShouldBeTrue();
        (await fixture.CountAsync("decision where study_uid = $1", study.Uid.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task The_longest_pause_of_a_study_is_learned_once_for_its_caller_however_many_nodes_saw_it()
    {
        var caller = $"CT{Guid.NewGuid():N}"[..16];
        var study = SomeStudies.Study(caller: caller);
        var now = await fixture.ReadAsync("select now()", row => row.Time(0));
        foreach (var (image, second) in new[] { (1, -60), (2, -59), (3, -40), (4, -39), (5, -400) }) // the last one came by another node, late
            await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(study, image, now.AddSeconds(second))]), Stop);
        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "complete", Stop);
        (await PaceAsync(caller)).ShouldBe((1, 19), "from the second to the third image");

        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 6, now.AddSeconds(-38))]), Stop);
        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "complete", Stop);
        (await PaceAsync(caller)).Studies.ShouldBe(1, "nothing new was to be learned");

        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 7, now.AddHours(1))]), Stop);
        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "complete", Stop);
        (await PaceAsync(caller)).Studies.ShouldBe(1, "an hour is no pause of a sending");
    }

    [Fact]
    public async Task What_is_learned_of_a_caller_is_waited_for_unless_the_site_has_set_its_idle_time()
    {
        var caller = $"CT{Guid.NewGuid():N}"[..16];
        await fixture.ExecuteAsync("insert into caller_pace (caller, studies, heights, positions) values ($1, 5, '{0,8,8,8,8}', '{1,2,3,4,5}')", caller);
        var (learned, fixedOne) = (SomeStudies.Study(caller: caller), SomeStudies.Study(caller: caller) with { IsIdleTimeFixed = true });
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(learned, 1, At), SomeStudies.Image(fixedOne, 1, At)]), Stop);

        (await fixture.Get<EvidenceStore>().OfAsync(learned.Uid, Stop)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            evidence => evidence.IdleTime.ShouldBe(TimeSpan.FromSeconds(12)), evidence => evidence.Pause.ShouldBe(TimeSpan.FromSeconds(12)),
            evidence => evidence.Learned.ShouldBe($"the longest pauses of {caller} in 5 studies are 8.0 s"));
        (await fixture.Get<EvidenceStore>().OfAsync(fixedOne.Uid, Stop)).ShouldNotBeNull().ShouldSatisfyAllConditions(
            evidence => evidence.IdleTime.ShouldBe(TimeSpan.FromSeconds(5)), evidence => evidence.Pause.ShouldBe(TimeSpan.FromSeconds(2)), evidence => evidence.Learned.ShouldBeNull());
    }

    private async Task<StudyArrival> ArriveAsync()
    {
        var study = SomeStudies.Study();
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [.. Enumerable.Range(1, 3).Select(number => SomeStudies.Image(study, number, At))]), Stop);
        return study;
    }

    private async Task CloseSeriesAsync(StudyUid study, bool qualifies) => await fixture.Get<ClosingStore>().CloseSeriesAsync(
        await fixture.ClaimAsync(Stage.Closing, study.Value),
        new Completeness.Waiting(At.AddYears(1), "") { Series = [new(SomeStudies.SeriesOf(study), ClosedBy.Geometry, "3 slices without a gap.", qualifies)] }, Stop);

    private Task<(long Studies, double Longest)> PaceAsync(string caller) =>
        fixture.ReadAsync("select studies, heights[array_length(heights, 1)] from caller_pace where caller = $1", row => (row.GetInt64(0), row.GetDouble(1)), caller);
}
