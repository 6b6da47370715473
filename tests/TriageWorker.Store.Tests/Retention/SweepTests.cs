using System.Security.Cryptography;
using System.Text;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Store.Tests.Retention;

public sealed class SweepTests(StoreFixture fixture) : IClassFixture<StoreFixture>, IDisposable
{
    private readonly FilledSpool _filled = new(fixture);

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _filled.Dispose();

    [Fact]
    public async Task A_study_that_is_done_with_loses_rows_and_files_and_keeps_the_list_of_its_images()
    {
        var study = await _filled.DoneAsync(daysAgo: 40);

        (await RemoveAsync(study)).ShouldHaveSingleItem().Images.ShouldBe(3);

        _filled.FilesInAll.ShouldBe(0);
        (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(0);
        (await fixture.CountAsync("removal")).ShouldBe(0);
        var (uids, digest) = await fixture.ReadAsync("select removed_uids, removed_digest from series where study_uid = $1",
            row => (row.GetFieldValue<byte[]>(0), row.GetFieldValue<byte[]>(1)), study.Value);
        string[] images = [.. Enumerable.Range(1, 3).Select(number => $"{study}.1.{number}")];
        UidList.Read(uids).ShouldBe(images);
        digest.ShouldBe(SHA256.HashData(Encoding.ASCII.GetBytes(string.Concat(images.Select(uid => uid + "\n")))));
        var line = (await fixture.Get<StudyPageStore>().AuditAsync(study, Stop)).Single(line => line.Event == "series.removed");
        line.Detail.ShouldContain("\"images\": 3");
        line.Detail.ShouldContain(Convert.ToHexStringLower(digest));
        line.Detail.ShouldContain("they are older than 30 days");
    }

    [Theory]
    [InlineData("update study set closed_at = null where study_uid = $1", "they are not closed")]
    [InlineData("update work set state = 'due' where study_uid = $1", "work is due for them")]
    [InlineData("update work set state = 'leased', lease_until = now(), lease_owner = 'n' where study_uid = $1", "work is due for them")]
    [InlineData("update work set state = 'dead' where study_uid = $1", "a step was given up, and its replay needs them")]
    [InlineData("update delivery set state = 'due', delivered_at = null where study_uid = $1", "a document is not delivered")]
    [InlineData("update delivery set state = 'failed', delivered_at = null where study_uid = $1", "a document is not delivered")]
    [InlineData("update study set last_received_at = now() where study_uid = $1", "an image came later")]
    [InlineData("with said as (update decision set outcome = 'not_analysed' where study_uid = $1) update study set last_received_at = now() where study_uid = $1", "they were not analysed, and what is missing may still come")]
    public async Task A_study_that_is_not_done_with_keeps_every_image(string sql, string because)
    {
        var study = await _filled.DoneAsync(daysAgo: 40);
        await fixture.ExecuteAsync(sql, study.Value);

        (await RemoveAsync(study)).ShouldBeEmpty();

        (await OldestAsync()).Single(found => found.Uid == study).Held.ShouldBe(because);
        _filled.FilesOf(study).Length.ShouldBe(3);
        (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(3);
    }

    [Fact]
    public async Task A_study_without_an_outcome_keeps_every_image()
    {
        var study = await _filled.ArriveAsync();
        await fixture.ExecuteAsync("update study set closed_at = now(), first_received_at = now() - interval '1 year', last_received_at = now() - interval '1 year' where study_uid = $1", study.Value);
        await fixture.ExecuteAsync("update work set state = 'done' where study_uid = $1", study.Value);

        (await RemoveAsync(study)).ShouldBeEmpty();

        (await OldestAsync()).Single(found => found.Uid == study).Held.ShouldBe("they have no outcome");
    }

    [Fact]
    public async Task A_document_that_an_older_outcome_could_not_deliver_holds_nothing_back()
    {
        var study = await _filled.DoneAsync(daysAgo: 40);
        await fixture.ExecuteAsync("update delivery set state = 'failed', delivered_at = null where study_uid = $1", study.Value);
        await fixture.ExecuteAsync("update decision set decided_at = decided_at - interval '1 day' where study_uid = $1", study.Value);
        await _filled.FinishAsync(study, daysAgo: 40);

        (await RemoveAsync(study)).ShouldHaveSingleItem();
    }

    [Fact]
    public async Task A_file_that_another_row_refers_to_stays()
    {
        var study = await _filled.DoneAsync(daysAgo: 40);
        await fixture.ExecuteAsync(
            """
            insert into instance (sop_uid, digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, received_at, origin)
            select sop_uid || '.9', digest, study_uid, series_uid, sop_class, transfer_syntax, path, bytes, received_at, 'own' from instance where sop_uid = $1
            """, $"{study}.1.2");

        await RemoveAsync(study);

        _filled.FilesOf(study).ShouldBe([2]);
        (await fixture.CountAsync("removal")).ShouldBe(0);
    }

    [Fact]
    public async Task What_lies_in_another_spool_is_not_removed_here()
    {
        using var other = new FilledSpool(fixture);
        var study = await other.DoneAsync(daysAgo: 40);

        (await RemoveAsync(study)).ShouldBeEmpty();

        other.FilesOf(study).Length.ShouldBe(3);
        (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(3);
    }

    [Fact]
    public async Task Half_a_study_that_lies_in_another_spool_goes_with_that_ones_sweep()
    {
        using var other = new FilledSpool(fixture);
        var study = await _filled.ArriveAsync();
        await other.IndexAsync(study, [other.Keep(study, 4)]);
        await _filled.FinishAsync(study, daysAgo: 40);

        (await RemoveAsync(study)).Single().Images.ShouldBe(3);
        (await fixture.CountAsync("study where study_uid = $1 and spooled", study.Value)).ShouldBe(1);
        (await RemoveAsync(study, other)).Single().Images.ShouldBe(1);

        (await fixture.CountAsync("study where study_uid = $1 and spooled", study.Value)).ShouldBe(0);
        UidList.Read(await fixture.ReadAsync("select removed_uids from series where study_uid = $1", row => row.GetFieldValue<byte[]>(0), study.Value)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_content_that_comes_again_while_it_is_being_removed_is_kept_wherever_the_sweep_is()
    {
        foreach (var step in new[] { SweepStep.RowsRemoved, SweepStep.Hidden })
        {
            foreach (var linkedBefore in new[] { true, false })
            {
                var study = await _filled.DoneAsync(daysAgo: 40, images: 1);
                var again = _filled.Keep(study, 1);
                var paths = linkedBefore ? _filled.Spool.Publish([again]) : null;
                var isDone = false;
                await RemoveAsync(study, reached: reached =>
                {
                    if (reached != step || isDone) return;
                    isDone = true;
                    paths ??= _filled.Spool.Publish([again]);
                    fixture.Get<IndexStore>().CommitAsync(_filled.Batch(study, [again], paths), Stop).GetAwaiter().GetResult();
                    _filled.Spool.Retire([again]);
                });

                _filled.FilesOf(study, 1).ShouldBe([1], $"{step}, {linkedBefore}");
                (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(1);
                (await fixture.CountAsync("study where study_uid = $1 and spooled and images = 1", study.Value)).ShouldBe(1);
                _filled.Spool.Backlog().ShouldBeEmpty();
            }
        }
    }

    [Fact]
    public async Task A_lasting_name_that_was_taken_between_link_and_row_is_made_again_before_the_incoming_name_goes()
    {
        var study = await _filled.ArriveAsync(images: 1);
        var again = _filled.Keep(study, 1);
        var paths = _filled.Spool.Publish([again]);
        File.Delete(_filled.PathOf(study, 1)); // as a sweep that saw no row

        await fixture.Get<IndexStore>().CommitAsync(_filled.Batch(study, [again], paths), Stop);
        _filled.Spool.Retire([again]);

        _filled.FilesOf(study, 1).ShouldBe([1]);
    }

    [Theory]
    [InlineData(nameof(SweepStep.RowsRemoved))]
    [InlineData(nameof(SweepStep.Hidden))]
    [InlineData(nameof(SweepStep.Removed))]
    [InlineData(nameof(SweepStep.Settled))]
    public async Task A_sweep_that_is_killed_at_any_step_is_finished_by_the_next_and_no_row_ever_lacks_its_file(string step)
    {
        var study = await _filled.DoneAsync(daysAgo: 40);
        var stays = await _filled.DoneAsync(daysAgo: 1);

        await SweepingProcess.RunUntilKilledAsync(fixture.ConnectionString, _filled.Folder, study, step);

        (await fixture.CountAsync("instance where study_uid = $1", study.Value)).ShouldBe(0);
        (await fixture.CountAsync("audit where study_uid = $1 and event = 'series.removed'", study.Value)).ShouldBe(1);
        var reconciled = await new SpoolReconciliation(_filled.Spool, fixture.Get<ReconcileStore>(), TimeProvider.System).RunAsync(_ => Task.CompletedTask, Stop);
        (reconciled.Missing, reconciled.Adopted, reconciled.Quarantined).ShouldBe((0, 0, 0), "what is written down to be removed is neither missed nor taken in again");
        using (var swept = SweptSpool.TryOpen(_filled.Options)!) await new SpoolSweep(fixture.Get<RemovalStore>(), swept).FinishAsync(Stop);
        (await fixture.CountAsync("removal where study_uid = $1", study.Value)).ShouldBe(0);
        _filled.FilesOf(study).ShouldBeEmpty();
        _filled.FilesOf(stays).Length.ShouldBe(3);
        _filled.FilesInAll.ShouldBe(3);
    }

    [Fact]
    public async Task Only_one_process_sweeps_a_spool()
    {
        using var first = SweptSpool.TryOpen(_filled.Options);
        first.ShouldNotBeNull();
        SweptSpool.TryOpen(_filled.Options).ShouldBeNull();
        SweptSpool.TryOpen(_filled.Options with { Folder = _filled.At("elsewhere") }).ShouldBeNull();
        await Task.CompletedTask;
    }

    private async Task<IReadOnlyList<RemovedSeries>> RemoveAsync(StudyUid study, FilledSpool? filled = null, Action<SweepStep>? reached = null)
    {
        using var swept = SweptSpool.TryOpen((filled ?? _filled).Options).ShouldNotBeNull();
        return await new SpoolSweep(fixture.Get<RemovalStore>(), swept, reached).RemoveAsync(study, await BeforeAsync(), "they are older than 30 days", Stop);
    }

    private async Task<List<AgedStudy>> OldestAsync() => await fixture.Get<RetentionStore>().OldestAsync(null, await BeforeAsync(), 1000, Stop);

    private Task<DateTimeOffset> BeforeAsync() => fixture.Get<RetentionStore>().BeforeAsync(TimeSpan.FromDays(30), Stop);
}
