using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Jobs.Tests.Removing;

public sealed class RetentionTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int MiB = 1024 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Studies_older_than_the_days_lose_their_images_and_the_page_and_the_ledger_say_so()
    {
        await SqlAsync("update study set spooled = false"); // those of other tests
        using var filled = new FilledSpool(postgres);
        var (old, young) = (await filled.DoneAsync(daysAgo: 31), await filled.DoneAsync(daysAgo: 29));
        var undecided = await filled.ArriveAsync();
        await SqlAsync("update study set first_received_at = now() - interval '1 year', last_received_at = now() - interval '1 year' where study_uid = $1", undecided.Value);

        var run = (await RunAsync(filled, new() { Days = 30 })).ShouldNotBeNull();

        (run.Studies, run.Series, run.Images).ShouldBe((1, 1, 3));
        run.Held.ShouldBe(new Dictionary<string, int> { ["they are not closed"] = 1 });
        run.Sentence.ShouldBe("3 images of 1 study removed. 1 had to stay: 1 because they are not closed.");
        filled.FilesOf(old).ShouldBeEmpty();
        filled.FilesOf(young).Length.ShouldBe(3);
        filled.FilesOf(undecided).Length.ShouldBe(3);
        var page = (await postgres.Get<StudyPageStore>().FindAsync(old, Stop)).ShouldNotBeNull();
        ImagesSaid.Of(page, TimeZoneInfo.Utc).ShouldHaveSingleItem().ShouldMatch(@"^Images removed on \d{4}-\d\d-\d\d by retention, because they are older than 30 days; 3 images were here\.$");
        StudyTimeline.Of(page).ShouldContain(hop => hop.Step == "Images removed" && hop.Detail.StartsWith("3 images of series", StringComparison.Ordinal));
        (await postgres.Get<StudyStore>().RemovedAsync(old, SomeStudies.SeriesOf(old), Stop)).Count.ShouldBe(3);
        (await postgres.Get<SpoolStateStore>().AllAsync(Stop)).Single(spool => spool.Id == filled.Spool.Id).Retention!.Images.ShouldBe(3);

        (await RunAsync(filled, new() { Days = 30 }))!.Images.ShouldBe(0, "a second run finds nothing more to do");
    }

    [Fact]
    public async Task A_disk_that_fills_up_loses_the_oldest_studies_until_there_is_room_and_no_more()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 20);
        using var filled = new FilledSpool(postgres, disk.At("spool"), pixelBytes: MiB);
        List<StudyUid> studies = [];
        for (var age = 9; age > 0; age--) studies.Add(await filled.DoneAsync(daysAgo: age, images: 2)); // the oldest first

        var run = (await RunAsync(filled, new() { StartBelowFreeBytes = 4L * MiB, StopAboveFreeBytes = 9L * MiB })).ShouldNotBeNull();

        var gone = studies.TakeWhile(study => filled.FilesOf(study, 2).Length == 0).Count();
        gone.ShouldBe(run.Studies);
        studies.Skip(gone).ShouldAllBe(study => filled.FilesOf(study, 2).Length == 2, "only the oldest went");
        run.FreeBytes.ShouldBeInRange(9L * MiB, 12L * MiB - 1);
        (await RunAsync(filled, new() { StartBelowFreeBytes = 4L * MiB, StopAboveFreeBytes = 9L * MiB }))!.Images.ShouldBe(0);
    }

    [Fact]
    public async Task A_disk_that_is_short_of_room_while_nothing_may_go_is_an_alarm_that_says_what_is_in_the_way()
    {
        using var filled = new FilledSpool(postgres);
        var study = await filled.DoneAsync(daysAgo: 400);
        await SqlAsync("update delivery set state = 'failed' where study_uid = $1", study.Value);

        await RunAsync(filled, new() { StartBelowFreeBytes = long.MaxValue });

        filled.FilesOf(study).Length.ShouldBe(3);
        var alarm = (await postgres.Get<AlarmStore>().OpenAsync(Stop)).Single(row => row.Alarm.Kind == Retention.Held && row.Alarm.Subject.EndsWith(filled.Folder, StringComparison.Ordinal));
        alarm.Alarm.Sentence.ShouldContain("because a document is not delivered");
        await RunAsync(filled, new() { StartBelowFreeBytes = 1 });
        (await postgres.Get<AlarmStore>().OpenAsync(Stop)).ShouldNotContain(row => row.Alarm.Kind == Retention.Held && row.Alarm.Subject.EndsWith(filled.Folder, StringComparison.Ordinal));
    }

    [Theory]
    [InlineData(true, 1, "This spool is an archive (Spool:Archive): nothing is ever removed.")]
    [InlineData(false, 0, "Nothing is removed: neither Retention:Days nor Retention:StartBelowFreeBytes is set.")]
    public async Task From_an_archive_and_without_a_rule_nothing_goes_however_old(bool archive, int days, string rule)
    {
        using var filled = new FilledSpool(postgres);
        var study = await filled.DoneAsync(daysAgo: 4000);

        var run = (await RunAsync(filled, new() { Days = days, StartBelowFreeBytes = archive ? long.MaxValue : 0 }, archive)).ShouldNotBeNull();

        (run.Images, run.Rule).ShouldBe((0, rule));
        filled.FilesOf(study).Length.ShouldBe(3);
        (await CountAsync("select count(*) from instance where study_uid = $1", study.Value)).ShouldBe(3);
    }

    [Fact]
    public async Task Where_no_spool_is_nothing_is_looked_for_and_none_is_made()
    {
        using var folder = new TemporaryFolder();

        (await Retain(new SpoolOptions { Folder = folder.At("elsewhere") }, new() { Days = 1 }).RunAsync(Stop)).ShouldBeNull();

        Directory.Exists(folder.At("elsewhere")).ShouldBeFalse();
    }

    [Fact]
    public async Task Images_that_come_again_after_they_were_removed_are_images_of_the_study_again()
    {
        using var filled = new FilledSpool(postgres);
        var study = await filled.DoneAsync(daysAgo: 31);
        await RunAsync(filled, new() { Days = 30 });

        await filled.IndexAsync(study, [filled.Keep(study, 1), filled.Keep(study, 2)]);

        var page = (await postgres.Get<StudyPageStore>().FindAsync(study, Stop)).ShouldNotBeNull();
        page.Study.Images.ShouldBe(2);
        ImagesSaid.Of(page, TimeZoneInfo.Utc).ShouldHaveSingleItem().ShouldEndWith("3 images were here, 2 are now.");
        await filled.FinishAsync(study, daysAgo: 31);
        (await RunAsync(filled, new() { Days = 30 }))!.Images.ShouldBe(2);
        (await postgres.Get<StudyStore>().RemovedAsync(study, SomeStudies.SeriesOf(study), Stop)).Count.ShouldBe(3, "each image stands in the list once");
    }

    private Task<RetentionRun?> RunAsync(FilledSpool filled, RetentionOptions options, bool archive = false) => Retain(filled.Options with { Archive = archive }, options).RunAsync(Stop);

    private Retention Retain(SpoolOptions spool, RetentionOptions options) => new(postgres.Get<RetentionStore>(), postgres.Get<RemovalStore>(), postgres.Get<SpoolStateStore>(),
        postgres.Get<AlarmStore>(), Options.Create(spool), Options.Create(options), TimeProvider.System, NullLogger<Retention>.Instance);

    private async Task SqlAsync(string sql, params object[] values)
    {
        await using var connection = await postgres.Database.OpenAsync(Stop);
        await connection.ExecuteAsync(sql, values, Stop);
    }

    private async Task<long> CountAsync(string sql, params object[] values)
    {
        await using var connection = await postgres.Database.OpenAsync(Stop);
        return await connection.FirstAsync(sql, values, row => row.GetInt64(0), Stop);
    }
}
