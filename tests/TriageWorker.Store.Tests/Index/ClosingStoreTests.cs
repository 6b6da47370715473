using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class ClosingStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Only_associations_of_the_same_caller_whose_lease_lives_count_as_open()
    {
        var study = SomeStudies.Study(caller: "CT7");
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch(
        [
            SomeStudies.Association(Guid.NewGuid(), At, caller: "CT7"),
            SomeStudies.Association(Guid.NewGuid(), At, caller: "CT7", lease: -TimeSpan.FromSeconds(1)),
            SomeStudies.Association(Guid.NewGuid(), At, AssociationEnding.Released, caller: "CT7"),
            SomeStudies.Association(Guid.NewGuid(), At, caller: "CT8"),
        ], [SomeStudies.Image(study, 1, At)]), Stop);

        var evidence = (await fixture.Get<ClosingStore>().EvidenceAsync(study.Uid, Stop)).ShouldNotBeNull();

        evidence.OpenAssociations.ShouldBe(1);
        evidence.Images.ShouldBe(1);
        evidence.LastImageAt.ShouldBeGreaterThan(At.AddDays(1), "quiet is measured by the database's clock, not by the listener's");
        (await fixture.Get<ClosingStore>().EvidenceAsync(new StudyUid("2.25.1"), Stop)).ShouldBeNull();
    }

    [Fact]
    public async Task The_evidence_says_how_each_association_ended_that_brought_an_image()
    {
        var study = SomeStudies.Study(caller: "CT10");
        AssociationArrival[] associations =
        [
            SomeStudies.Association(Guid.NewGuid(), At, AssociationEnding.Released, caller: "CT10"),
            SomeStudies.Association(Guid.NewGuid(), At, AssociationEnding.Released, caller: "CT10"),
            SomeStudies.Association(Guid.NewGuid(), At, AssociationEnding.Aborted, caller: "CT10"),
            SomeStudies.Association(Guid.NewGuid(), At, AssociationEnding.Lost, caller: "CT10"),
            SomeStudies.Association(Guid.NewGuid(), At, caller: "CT10", lease: -TimeSpan.FromSeconds(1)), // no sweeper has seen it yet
        ];
        var another = SomeStudies.Association(Guid.NewGuid(), At, AssociationEnding.Released, caller: "CT10"); // it brought another study
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([.. associations, another],
            [.. associations.SelectMany((association, i) => new[] { 1, 2 }.Select(image => SomeStudies.Image(study, 2 * i + image, At, association.Id)))]), Stop);

        (await fixture.Get<ClosingStore>().EvidenceAsync(study.Uid, Stop))!.Endings.ShouldBe(new AssociationEndings(Released: 2, Aborted: 1, Lost: 2));
    }

    [Fact]
    public async Task Closing_and_an_image_of_the_same_study_that_meet_do_not_wait_in_a_circle()
    {
        var study = SomeStudies.Study();
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 1, At)]), Stop);
        var claim = await fixture.ClaimAsync(Stage.Closing, study.Uid.Value);
        Task image, closing;
        await using (var held = await fixture.Database.BeginAsync(Stop))
        {
            await held.Connection.ExecuteAsync("select 1 from study where study_uid = $1 for update", [study.Uid.Value], Stop);
            image = fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 2, At)]), Stop);
            await WaitingAsync(1);
            closing = fixture.Get<ClosingStore>().CloseAsync(claim, "complete", Stop);
            await WaitingAsync(2);
        }

        await image;
        await Should.ThrowAsync<LeaseLostException>(() => closing);
        (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!.ShouldSatisfyAllConditions(row => row.Images.ShouldBe(2), row => row.ClosedAt.ShouldBeNull());
    }

    [Fact]
    public async Task An_association_that_was_taken_for_lost_is_open_again_when_its_listener_speaks_of_it()
    {
        var study = SomeStudies.Study(caller: "CT9");
        var association = SomeStudies.Association(Guid.NewGuid(), At, caller: "CT9");
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([association], [SomeStudies.Image(study, 1, At)]), Stop);
        await fixture.ExecuteAsync("update association set ended_at = now(), ending = 'lost' where id = $1", association.Id);

        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([association], []), Stop);
        (await fixture.Get<ClosingStore>().EvidenceAsync(study.Uid, Stop))!.OpenAssociations.ShouldBe(1);

        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([association with { Ending = AssociationEnding.Released }], []), Stop);
        (await fixture.ReadAsync("select ending from association where id = $1", row => row.GetString(0), association.Id)).ShouldBe("released");
    }

    [Fact]
    public async Task Closing_writes_evidence_state_scoring_work_token_and_audit_line()
    {
        var study = await fixture.Get<IndexStore>().ArriveAsync(At);

        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "2 images, nothing for 5.0 s.", Stop);

        var page = (await fixture.Get<StudyPageStore>().FindAsync(study.Uid, Stop)).ShouldNotBeNull();
        page.Study.ClosedBecause.ShouldBe("2 images, nothing for 5.0 s.");
        page.Evidence.ShouldHaveSingleItem().Sentence.ShouldBe("2 images, nothing for 5.0 s.");
        page.Work.Select(work => (work.Stage, work.State)).ShouldBe([(Stage.Closing, "done"), (Stage.Scoring, "due")]);
        page.Audit.ShouldHaveSingleItem().Event.ShouldBe("study.closed");
        (await fixture.CountAsync("outbox where queue = 'triage.scoring' and message->>'studyUid' = $1", study.Uid.Value)).ShouldBe(1);
    }

    private async Task WaitingAsync(int sessions)
    {
        while (await fixture.CountAsync("pg_stat_activity where datname = current_database() and wait_event_type = 'Lock'") != sessions) await Task.Yield();
    }
}
