using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Retention;

/// <summary>The same images at two nodes: which of them holds an image, and what becomes of the other copy.</summary>
public sealed class SeveralSpoolsTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IDisposable
{
    private readonly FilledSpool _first = new(fixture), _second = new(fixture);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _first.Dispose();
        _second.Dispose();
    }

    [Fact]
    public async Task What_comes_to_a_second_node_stays_at_the_first_and_the_second_copy_is_swept()
    {
        await LiveAsync(_first);
        var study = await _first.ArriveAsync();
        await AgainAsync(_second, study);

        (await HolderAsync(study)).ShouldBe(_first.Spool.Id);
        _second.FilesOf(study).Length.ShouldBe(3, "nothing is removed on the way in");
        await SweepAsync(_second);
        await SweepAsync(_first);

        _first.FilesOf(study).Length.ShouldBe(3);
        _second.FilesOf(study).ShouldBeEmpty();
        (await fixture.CountAsync("removal where study_uid = $1", study.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task When_the_first_is_away_the_second_holds_them_and_the_first_gives_its_copy_up_once_it_is_back()
    {
        await LiveAsync(_first);
        var study = await _first.ArriveAsync();
        await fixture.ExecuteAsync("update spool set heard_at = clock_timestamp() - interval '1 hour' where id = $1", _first.Spool.Id);
        await AgainAsync(_second, study);

        (await HolderAsync(study)).ShouldBe(_second.Spool.Id);
        await LiveAsync(_first);
        await SweepAsync(_first);
        await SweepAsync(_second);

        _first.FilesOf(study).ShouldBeEmpty();
        _second.FilesOf(study).Length.ShouldBe(3);
        (await ReconcileAsync(_second)).Missing.ShouldBe(0);
        (await ReconcileAsync(_first)).ShouldSatisfyAllConditions(found => found.Adopted.ShouldBe(0), found => found.Missing.ShouldBe(0));
    }

    [Fact]
    public async Task What_the_first_misses_is_mended_by_sending_it_to_the_second()
    {
        await LiveAsync(_first);
        var study = await _first.ArriveAsync();
        File.Delete(_first.PathOf(study, 2));
        (await ReconcileAsync(_first)).Missing.ShouldBe(1);

        await AgainAsync(_second, study);

        (await fixture.CountAsync("instance where study_uid = $1 and missing_since is not null", study.Value)).ShouldBe(0);
        (await fixture.CountAsync("instance where study_uid = $1 and node = $2", study.Value, _second.Spool.Id)).ShouldBe(1);
        await SweepAsync(_first);
        await SweepAsync(_second);
        _first.FilesOf(study).ShouldBe([1, 3]);
        _second.FilesOf(study).ShouldBe([2]);
    }

    [Fact]
    public async Task A_study_that_was_at_two_nodes_stays_removed()
    {
        await LiveAsync(_first);
        var study = await _first.ArriveAsync();
        await AgainAsync(_second, study);
        await _first.FinishAsync(study, daysAgo: 40);
        using (var swept = SweptSpool.TryOpen(_first.Options)!)
            (await new SpoolSweep(fixture.Get<RemovalStore>(), swept).RemoveAsync(study, await fixture.Get<RetentionStore>().BeforeAsync(TimeSpan.FromDays(30), Stop), "they are old", Stop)).ShouldHaveSingleItem();

        (await ReconcileAsync(_second)).Adopted.ShouldBe(0, "the copy there is written down to be removed");
        await SweepAsync(_second);
        _second.FilesOf(study).ShouldBeEmpty();
        (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task Who_gets_the_images_again_after_all_keeps_the_copy_that_was_written_down_to_be_removed()
    {
        await LiveAsync(_first);
        var study = await _first.ArriveAsync();
        await AgainAsync(_second, study);
        await fixture.ExecuteAsync("update spool set heard_at = clock_timestamp() - interval '1 hour' where id = $1", _first.Spool.Id);
        await AgainAsync(_second, study);

        await SweepAsync(_second);
        _second.FilesOf(study).Length.ShouldBe(3);
        (await HolderAsync(study)).ShouldBe(_second.Spool.Id);
    }

    private Task<bool> LiveAsync(FilledSpool filled) => fixture.Get<SpoolNodeStore>().BeatAsync(filled.Spool.Id, filled.Folder, null, TimeSpan.FromSeconds(15), Stop);

    private static Task AgainAsync(FilledSpool filled, StudyUid study) => filled.IndexAsync(study, [.. Enumerable.Range(1, 3).Select(number => filled.Keep(study, number))]);

    private async Task<Guid?> HolderAsync(StudyUid study) =>
        (await fixture.Get<StudyStore>().InstancesAsync(study, null, Stop)).Select(instance => instance.Node).Distinct().ShouldHaveSingleItem();

    private async Task SweepAsync(FilledSpool filled)
    {
        using var swept = SweptSpool.TryOpen(filled.Options).ShouldNotBeNull();
        await new SpoolSweep(fixture.Get<RemovalStore>(), swept).FinishAsync(Stop);
    }

    private Task<ReconcileFigures> ReconcileAsync(FilledSpool filled) =>
        new SpoolReconciliation(filled.Spool, fixture.Get<ReconcileStore>(), TimeProvider.System).RunAsync(_ => Task.CompletedTask, Stop);
}
