using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Retention;

public sealed class SpoolReconciliationTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IDisposable
{
    private readonly FilledSpool _filled = new(fixture);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _filled.Dispose();

    [Fact]
    public async Task Where_each_file_has_its_row_and_each_row_its_file_nothing_is_touched()
    {
        var study = await _filled.ArriveAsync();

        var figures = await RunAsync();

        (figures.Files, figures.Rows, figures.Sentence.EndsWith("each has the other.", StringComparison.Ordinal)).ShouldBe((3, 3, true));
        _filled.FilesOf(study).Length.ShouldBe(3);
        _filled.Spool.Backlog().ShouldBeEmpty();
    }

    [Fact]
    public async Task A_whole_file_without_a_row_joins_the_backlog_and_gets_its_row_there_once()
    {
        var study = await _filled.ArriveAsync();
        await fixture.ExecuteAsync("delete from instance where sop_uid = $1", $"{study}.1.2"); // a database of before

        (await RunAsync()).Adopted.ShouldBe(1);
        (await RunAsync()).Adopted.ShouldBe(0); // it waits already

        var adopted = _filled.Spool.Backlog().ShouldHaveSingleItem();
        await _filled.IndexAsync(study, [adopted]);
        (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(3);
        _filled.FilesOf(study).Length.ShouldBe(3);
        (await RunAsync()).Adopted.ShouldBe(0);
    }

    [Fact]
    public async Task Files_that_are_just_arriving_are_not_counted_as_files_without_rows()
    {
        var study = await _filled.ArriveAsync();
        var arriving = _filled.Keep(study, 4);
        _filled.Spool.Publish([arriving]); // its rows come a moment later

        (await RunAsync()).Adopted.ShouldBe(0);

        _filled.Spool.Backlog().ShouldHaveSingleItem();
        await _filled.IndexAsync(study, [arriving]);
        (await RunAsync()).ShouldSatisfyAllConditions(figures => figures.Files.ShouldBe(4), figures => figures.Rows.ShouldBe(4), figures => figures.Adopted.ShouldBe(0));
    }

    [Fact]
    public async Task A_file_without_a_row_that_is_not_whole_goes_to_quarantine_with_its_reason()
    {
        var study = await _filled.ArriveAsync();
        await fixture.ExecuteAsync("delete from instance where study_uid = $1", study.Value);
        var bent = File.ReadAllBytes(_filled.PathOf(study, 1));
        bent[^1] ^= 1;
        File.WriteAllBytes(_filled.PathOf(study, 1), bent);
        File.Move(_filled.PathOf(study, 2), Path.Combine(Path.GetDirectoryName(_filled.PathOf(study, 2))!, "by hand.dcm"));
        File.WriteAllText(_filled.PathOf(study, 3), "nothing of ours");
        foreach (var file in Directory.GetFiles(_filled.At("objects"), "*", SearchOption.AllDirectories)) File.SetLastWriteTimeUtc(file, new DateTime(2026, 1, 1, 0, 0, 0, DateTimeKind.Utc));

        var figures = await RunAsync();

        (figures.Adopted, figures.Quarantined).ShouldBe((0, 3));
        string[] reasons = [.. Directory.GetFiles(_filled.At("quarantine"), "*.txt").Select(File.ReadAllText).Order(StringComparer.Ordinal)];
        reasons.Count(reason => reason.Contains("digest does not match its mark", StringComparison.Ordinal)).ShouldBe(1);
        reasons.Count(reason => reason.Contains("has no mark", StringComparison.Ordinal)).ShouldBe(2);
        QuarantineFolder.Count(_filled.Options).ShouldBe(3);
    }

    [Fact]
    public async Task A_document_of_our_own_that_has_no_row_yet_is_left_alone()
    {
        _filled.Spool.KeepOwn(new byte[500], new byte[32]);

        (await RunAsync()).Quarantined.ShouldBe(0);

        File.Exists(_filled.Spool.At(ContentAddress.Of(new byte[32]))).ShouldBeTrue();
    }

    [Fact]
    public async Task A_row_whose_file_is_gone_says_so_and_no_longer_once_it_is_back()
    {
        var study = await _filled.ArriveAsync();
        var path = _filled.PathOf(study, 2);
        File.Move(path, _filled.At("moved by mistake"));

        (await RunAsync()).Missing.ShouldBe(1);
        (await RunAsync()).Missing.ShouldBe(0, "it is known by now");
        (await fixture.Get<SpoolStateStore>().MissingAsync(Stop)).ShouldBe((1, 1));
        (await fixture.Get<StudyPageStore>().FindAsync(study, Stop))!.Missing.ShouldNotBeNull().Images.ShouldBe(1);

        File.Move(_filled.At("moved by mistake"), path);
        (await RunAsync()).Returned.ShouldBe(1);
        (await fixture.Get<SpoolStateStore>().MissingAsync(Stop)).ShouldBe((0, 0));
    }

    [Fact]
    public async Task A_row_whose_file_is_gone_is_whole_again_when_the_image_is_pushed_again()
    {
        var study = await _filled.ArriveAsync();
        File.Delete(_filled.PathOf(study, 2));
        await RunAsync();

        await _filled.IndexAsync(study, [_filled.Keep(study, 2)]);

        _filled.FilesOf(study).Length.ShouldBe(3);
        (await fixture.CountAsync("instance where study_uid = $1 and missing_since is not null", study.Value)).ShouldBe(0);
    }

    [Fact]
    public async Task Rows_whose_files_lie_in_another_spool_are_not_missed_here()
    {
        using var other = new FilledSpool(fixture);
        await other.ArriveAsync();

        var figures = await RunAsync();

        (figures.Rows, figures.Missing).ShouldBe((0, 0));
    }

    private Task<ReconcileFigures> RunAsync() => new SpoolReconciliation(_filled.Spool, fixture.Get<ReconcileStore>(), TimeProvider.System).RunAsync(_ => Task.CompletedTask, Stop);
}
