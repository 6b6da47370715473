using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests;

public sealed class WorklistStoreTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IAsyncLifetime
{
    private static readonly DateTimeOffset Morning = new(2026, 1, 1, 8, 0, 0, TimeSpan.Zero);
    private readonly WorklistStore _worklist = fixture.Get<WorklistStore>();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await fixture.ExecuteAsync("update worklist set read_at = now(), read_by = 'the test before' where read_at is null");

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_flagged_study_says_where_it_was_where_it_is_and_why()
    {
        for (var hour = 0; hour < 13; hour++) await ArriveAsync(Morning.AddMinutes(30 * hour));
        var flagged = await ArriveAsync(Morning.AddHours(7), freeAir: 0.82); // eight hours' credit: before 7:00, so before all

        var page = await _worklist.PageAsync(after: null, 50, Stop);

        page.Select(row => row.Position).ShouldBe(Enumerable.Range(1, 14).Select(position => (long)position));
        page[0].Study.ShouldBe(flagged);
        page[0].Moved.ShouldBe("Was 14th, now 1st, because Free air 0.8200 (threshold 0.4000)");
        page[1].ShouldSatisfyAllConditions(row => row.Position.ShouldBe(2), row => row.PositionWithoutFlag.ShouldBe(1), row => row.Moved.ShouldBeNull());
    }

    [Fact]
    public async Task Stat_orders_stand_first_by_arrival_and_no_flag_moves_them()
    {
        var flagged = await ArriveAsync(Morning, freeAir: 0.82);
        var statLater = await ArriveAsync(Morning.AddHours(3), OrderClass.Stat, freeAir: 0.82);
        var statFirst = await ArriveAsync(Morning.AddHours(2), OrderClass.Stat);
        var routine = await ArriveAsync(Morning.AddHours(3));
        var urgent = await ArriveAsync(Morning.AddHours(6.5), OrderClass.Urgent);

        var page = await _worklist.PageAsync(after: null, 50, Stop);

        page.Select(row => row.Study).ShouldBe([statFirst, statLater, flagged, urgent, routine]);
        page.Where(row => row.Stat).ShouldAllBe(row => row.Position == row.PositionWithoutFlag);
    }

    [Fact]
    public async Task Pages_follow_each_other_without_gap_or_repeat_and_keep_counting()
    {
        for (var i = 0; i < 7; i++) await ArriveAsync(Morning.AddMinutes(i % 3), i == 5 ? OrderClass.Stat : OrderClass.Routine);
        var whole = await _worklist.PageAsync(after: null, 50, Stop);

        var paged = new List<WorklistRow>();
        for (var page = await _worklist.PageAsync(after: null, 3, Stop); page.Count > 0; page = await _worklist.PageAsync(paged[^1].Cursor, 3, Stop)) paged.AddRange(page);

        paged.Select(row => (row.Study, row.Position)).ShouldBe(whole.Select(row => (row.Study, row.Position)));
        paged.Count.ShouldBe(7);
    }

    [Fact]
    public async Task A_study_that_was_read_leaves_the_order_counts_no_more_and_stays_to_be_found()
    {
        var first = await ArriveAsync(Morning);
        var second = await ArriveAsync(Morning.AddHours(1));

        (await _worklist.MarkReadAsync(first, "dr.kim", Stop)).ShouldBeTrue();
        (await _worklist.MarkReadAsync(first, "dr.kim", Stop)).ShouldBeFalse();

        (await _worklist.PageAsync(after: null, 50, Stop)).ShouldHaveSingleItem().ShouldSatisfyAllConditions(
            row => row.Study.ShouldBe(second), row => row.Position.ShouldBe(1));
        (await _worklist.CountAsync(Stop)).ShouldBe(1);
        (await _worklist.FindAsync(first, Stop)).ShouldNotBeNull();
        (await fixture.CountAsync("audit where study_uid = $1 and event = 'study.read' and actor = 'dr.kim'", first.Value)).ShouldBe(1);
    }

    [Fact]
    public async Task The_lists_version_changes_with_every_arrival_decision_and_reading_and_with_nothing_else()
    {
        var versions = new List<string> { await _worklist.VersionAsync(Stop) };
        var study = await ArriveAsync(Morning);
        versions.Add(await _worklist.VersionAsync(Stop));
        await fixture.Get<IndexStore>().CommitAsync(new IndexBatch([], [SomeStudies.Image(SomeStudies.Study(study), 3, Morning)]), Stop);
        versions.Add(await _worklist.VersionAsync(Stop));
        await ArriveAsync(Morning, freeAir: 0.82);
        versions.Add(await _worklist.VersionAsync(Stop));
        await _worklist.MarkReadAsync(study, "dr.kim", Stop);
        versions.Add(await _worklist.VersionAsync(Stop));

        versions.Distinct().Count().ShouldBe(versions.Count);
        (await _worklist.VersionAsync(Stop)).ShouldBe(versions[^1]);
    }

    [Fact]
    public async Task Decisions_are_told_to_who_follows_and_arrivals_are_not()
    {
        using var enough = CancellationTokenSource.CreateLinkedTokenSource(Stop);
        await using var changes = fixture.Get<WorklistChanges>().FollowAsync(enough.Token).GetAsyncEnumerator(enough.Token);
        var next = changes.MoveNextAsync();
        // What is told before it listens is not heard; so decide until the first is.
        var arrived = await fixture.Get<IndexStore>().ArriveAsync(Morning);
        var decided = new HashSet<StudyUid>();
        while (!next.IsCompleted) decided.Add(await ArriveAsync(Morning, freeAir: 0.1));

        (await next).ShouldBeTrue();
        decided.ShouldContain(changes.Current);
        changes.Current.ShouldNotBe(arrived.Uid);
        await enough.CancelAsync();
    }

    private async Task<StudyUid> ArriveAsync(DateTimeOffset arrival, OrderClass order = OrderClass.Routine, double? freeAir = null)
    {
        var work = await fixture.ClosedAsync(arrival, order);
        if (freeAir is { } score) await fixture.Get<OutcomeStore>().CommitAsync(work, SomeScores.Of(await fixture.GenerationAsync(work.Study), score), Stop);
        return work.Study;
    }
}
