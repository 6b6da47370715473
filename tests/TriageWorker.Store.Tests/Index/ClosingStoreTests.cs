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
}
