using Microsoft.Extensions.Options;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class IndexStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>
{
    private static readonly DateTimeOffset At = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly IndexStore _index = fixture.Get<IndexStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_batch_makes_study_series_images_list_row_and_closing_work_known()
    {
        var study = SomeStudies.Study(order: OrderClass.Urgent);
        var association = Guid.NewGuid();

        var result = await _index.CommitAsync(new IndexBatch([SomeStudies.Association(association, At)],
            [SomeStudies.Image(study, 1, At, association), SomeStudies.Image(study, 2, At.AddSeconds(1), association), SomeStudies.Image(study, 1, At, association, series: 2)]), Stop);

        result.Added.ShouldBe(3);
        result.Conflicts.ShouldBeEmpty();
        var row = (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop)).ShouldNotBeNull();
        row.ShouldSatisfyAllConditions(
            () => row.Images.ShouldBe(3), () => row.Order.ShouldBe(OrderClass.Urgent), () => row.PatientId.ShouldBe("P1"),
            () => row.FirstReceivedAt.ShouldBe(At), () => row.LastReceivedAt.ShouldBe(At.AddSeconds(1)), () => row.ClosedAt.ShouldBeNull());
        (await fixture.Get<StudyStore>().SeriesAsync(study.Uid, Stop)).Select(series => series.Images).ShouldBe([2, 1]);
        (await fixture.Get<StudyStore>().InstancesAsync(study.Uid, SomeStudies.SeriesOf(study.Uid), Stop)).Count.ShouldBe(2);
        var listed = (await fixture.Get<WorklistStore>().FindAsync(study.Uid, Stop)).ShouldNotBeNull();
        listed.State.ShouldBe("waiting");
        listed.RankKey.ShouldBe(At - new RankCredits().Urgent);
        (await fixture.ReadAsync("select w.state, w.due_at = s.last_indexed_at + interval '2 seconds' from work w join study s using (study_uid) where w.study_uid = $1", row => (row.GetString(0), row.GetBoolean(1)), study.Uid.Value))
            .ShouldBe(("due", true));
        (await fixture.CountAsync("outbox where message->>'studyUid' = $1", study.Uid.Value)).ShouldBe(0, "nothing is due yet, so nobody needs waking");
    }

    [Theory, InlineData(1), InlineData(-1)]
    public async Task A_study_of_a_listener_whose_clock_is_hours_off_stands_where_it_arrived(int hours)
    {
        var study = SomeStudies.Study();
        var clock = new WrongClock(TimeSpan.FromHours(hours));
        var index = new IndexStore(fixture.Database, NodeName.OfThisProcess, fixture.Get<RankCredits>(), fixture.Get<WorkCredits>(), Options.Create(new CompletenessOptions()), clock);

        await index.CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 1, clock.GetUtcNow().AddMinutes(-10))]), Stop); // it was away from its database for a while

        var listed = (await fixture.Get<WorklistStore>().FindAsync(study.Uid, Stop)).ShouldNotBeNull();
        (await fixture.ReadAsync("select extract(epoch from now() - $1)::float8", row => row.GetDouble(0), listed.RankKey)).ShouldBe(600, tolerance: 60);
    }

    private sealed class WrongClock(TimeSpan offset) : TimeProvider
    {
        public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
    }

    [Fact]
    public async Task Running_a_batch_again_changes_nothing_and_takes_no_claim_away()
    {
        var study = SomeStudies.Study();
        var association = Guid.NewGuid();
        var batch = new IndexBatch([SomeStudies.Association(association, At, AssociationEnding.Released)], [SomeStudies.Image(study, 1, At, association)]);
        await _index.CommitAsync(batch, Stop);
        var claim = await fixture.ClaimAsync(Stage.Closing, study.Uid.Value);

        (await _index.CommitAsync(batch, Stop)).Added.ShouldBe(0);

        (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!.Images.ShouldBe(1);
        (await fixture.CountAsync("audit where event = 'association.ended' and detail->>'association' = $1", association.ToString())).ShouldBe(1);
        await fixture.Get<ClosingStore>().CloseAsync(claim, "still complete", Stop);
    }

    [Fact]
    public async Task A_late_image_opens_a_closed_study_again_and_takes_the_claim_on_its_older_state_away()
    {
        var study = SomeStudies.Study();
        await _index.CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 1, At)]), Stop);
        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "complete", Stop);
        await _index.CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 2, At)]), Stop);
        (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!.ClosedAt.ShouldBeNull();
        var claim = await fixture.ClaimAsync(Stage.Closing, study.Uid.Value);

        await _index.CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 3, At)]), Stop);

        await Should.ThrowAsync<LeaseLostException>(() => fixture.Get<ClosingStore>().CloseAsync(claim, "complete", Stop));
        (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!.ClosedAt.ShouldBeNull("nothing of the lost claim was committed");
        (await fixture.CountAsync("evidence where study_uid = $1", study.Uid.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task One_UID_with_two_contents_is_kept_twice_marked_and_the_first_one_is_read()
    {
        var study = SomeStudies.Study();
        var first = SomeStudies.Image(study, 1, At);
        var other = SomeStudies.Image(study, 1, At.AddMinutes(1), content: "other");
        await _index.CommitAsync(new IndexBatch([], [first]), Stop);

        var result = await _index.CommitAsync(new IndexBatch([], [other]), Stop);

        result.Conflicts.ShouldBe([first.Sop]);
        var both = await fixture.Get<StudyStore>().InstanceAsync(first.Sop, Stop);
        both.Select(row => (row.Path, row.Conflict)).ShouldBe([(first.Path, true), (other.Path, true)]);
        (await fixture.Get<StudyStore>().InstancesAsync(study.Uid, null, Stop)).ShouldHaveSingleItem().Path.ShouldBe(first.Path);
    }

    [Fact]
    public async Task Two_contents_of_one_UID_in_batches_at_the_same_time_are_still_marked()
    {
        for (var round = 0; round < 10; round++)
        {
            var study = SomeStudies.Study();
            await _index.CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 99, At)]), Stop); // a new study alone would make them wait
            InstanceArrival[] contents = [.. Enumerable.Range(0, 4).Select(content => SomeStudies.Image(study, 1, At, content: $"{content}"))];

            await Task.WhenAll(contents.Select(content => _index.CommitAsync(new IndexBatch([], [content]), Stop)));

            (await fixture.CountAsync("instance where study_uid = $1 and conflict", study.Uid.Value)).ShouldBe(4);
        }
    }

    [Fact]
    public async Task Many_listeners_on_the_same_studies_lose_no_count_and_do_not_wait_for_each_other_for_ever()
    {
        StudyArrival[] studies = [.. Enumerable.Range(0, 4).Select(_ => SomeStudies.Study())];
        await Task.WhenAll(Enumerable.Range(0, 8).Select(async listener =>
        {
            for (var batch = 0; batch < 5; batch++)
                await _index.CommitAsync(new IndexBatch([],
                    [.. (listener % 2 == 0 ? studies : studies.Reverse()).Select(study => SomeStudies.Image(study, (listener * 10) + batch, At))]), Stop);
        }));

        foreach (var study in studies) (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!.Images.ShouldBe(40);
    }

    [Fact]
    public async Task A_damaged_header_does_not_fail_the_batch_and_what_is_no_UID_is_refused_before_it_starts()
    {
        var study = SomeStudies.Study() with { PatientName = "A\0B\uD800C", Description = new string('x', 5000) };
        await _index.CommitAsync(new IndexBatch([], [SomeStudies.Image(study, 1, At)]), Stop);
        var row = (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!;
        row.PatientName.ShouldBe("AB\uFFFDC");
        row.Description!.Length.ShouldBe(1024);

        var wrong = SomeStudies.Image(study, 2, At) with { Sop = new SopInstanceUid("1.2.x") };
        await Should.ThrowAsync<ArgumentException>(() => _index.CommitAsync(new IndexBatch([], [wrong]), Stop));
    }

    [Fact]
    public async Task An_own_object_is_found_but_opens_no_study_again()
    {
        var study = await _index.ArriveAsync(At);
        await fixture.Get<ClosingStore>().CloseAsync(await fixture.ClaimAsync(Stage.Closing, study.Uid.Value), "complete", Stop);
        var report = SomeStudies.Image(study, 1, At, series: 99);

        (await _index.AddOwnAsync(report, spool: null, Stop)).ShouldBeTrue();
        (await _index.AddOwnAsync(report, spool: null, Stop)).ShouldBeFalse();

        (await fixture.Get<StudyStore>().FindAsync(study.Uid, Stop))!.ShouldSatisfyAllConditions(row => row.Images.ShouldBe(2), row => row.ClosedAt.ShouldNotBeNull());
        (await fixture.Get<StudyStore>().InstanceAsync(report.Sop, Stop)).ShouldHaveSingleItem().Own.ShouldBeTrue();
    }
}
