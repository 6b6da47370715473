using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>A disk that really fills up, and one that gets room again.</summary>
public sealed class DiskTroubleTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const int MiB = 1024 * 1024;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_disk_that_fills_in_the_middle_of_an_object_gets_A700_keeps_what_was_acknowledged_and_takes_again_once_there_is_room()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 5);
        using var folder = new TemporaryFolder();
        var (study, files) = SomeFiles.WriteLarge(folder.At("study"), images: 8, MiB);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, disk.At("spool"));

        var statuses = await intake.PushAsync(files, Stop);

        var kept = statuses.Count(status => status.IsSuccess);
        kept.ShouldBeInRange(3, 4);
        statuses.Skip(kept).ShouldAllBe(status => status == DimseStatus.OutOfResources);
        (await intake.Log.LineAsync("was refused with 0xA700")).ShouldContain("No space left");
        await ShouldHoldAsync(disk, study, files[..kept]);
        (await AlarmsAsync(intake)).ShouldBe([WatchedSpool.Full]); // also where no room is to be kept free

        await disk.GrowAsync(megabytes: 40);
        (await intake.PushAsync(files, Stop)).ShouldAllBe(status => status.IsSuccess); // as the scanner does by itself
        await ShouldHoldAsync(disk, study, files);
        (await AlarmsAsync(intake)).ShouldBeEmpty();
        intake.Log.All.ShouldNotContain(line => line.Contains("is failing", StringComparison.Ordinal));
    }

    [Fact]
    public async Task Under_its_watermark_a_disk_turns_callers_away_for_now_and_lets_them_in_again_by_itself()
    {
        await using var disk = await SmallDisk.MountAsync(megabytes: 8);
        using var folder = new TemporaryFolder();
        var (study, files) = SomeFiles.WriteLarge(folder.At("study"), images: 2, MiB);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, disk.At("spool"), ("Spool:MinimumFreeBytes", $"{4 * MiB}"));
        File.WriteAllBytes(disk.At("somebody else's"), new byte[5 * MiB]);

        (await Should.ThrowAsync<DicomNetworkException>(() => intake.PushAsync(files, Stop))).IsRetryWorthwhile.ShouldBeTrue();

        File.Delete(disk.At("somebody else's"));
        (await intake.PushAsync(files, Stop)).ShouldAllBe(status => status.IsSuccess);
        await ShouldHoldAsync(disk, study, files);
    }

    [Fact]
    public async Task A_disk_that_could_not_sync_and_holds_again_takes_images_without_a_restart()
    {
        using var folder = new TemporaryFolder();
        var (study, files) = SomeFiles.WriteLarge(folder.At("study"), images: 2, MiB);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var incoming = folder.At("spool", "incoming");
        await intake.BecomeAsync("/dev/null"); // takes every byte and cannot be synced
        (await intake.PushAsync(files[..1], Stop)).ShouldBe([DimseStatus.OutOfResources]);
        (await Should.ThrowAsync<DicomNetworkException>(() => intake.PushAsync(files, Stop))).IsRetryWorthwhile.ShouldBeTrue();
        (await AlarmsAsync(intake)).ShouldBe([WatchedSpool.Failing]);

        foreach (var name in Directory.GetFiles(incoming, "*.part", SearchOption.AllDirectories).Where(name => new FileInfo(name).LinkTarget is not null))
        {
            File.Delete(name);
            File.WriteAllBytes(name, []);
        }

        for (var trial = 0; trial < SpoolRecovery.HoldsNeeded; trial++) intake.Get<SpoolRecovery>().TryOnce(); // as the clock does
        await intake.Log.LineAsync("is in use again: its volume held 3 trials in a row");

        (await intake.PushAsync(files, Stop)).ShouldAllBe(status => status.IsSuccess);
        (await postgres.InstancesAsync(study, 2)).Count.ShouldBe(2);
        (await AlarmsAsync(intake)).ShouldBeEmpty();
        Directory.GetFiles(folder.At("spool", "quarantine"), "*.part").ShouldHaveSingleItem("what failed is not tried again");
    }

    private static async Task<IEnumerable<string>> AlarmsAsync(RunningIntake intake) =>
        (await new WatchedSpool(intake.Get<Spool>()).LookAsync(Stop)).Where(thing => thing.Trouble is not null).Select(thing => thing.Kind);

    /// <summary>Each of the files is in the spool, byte for byte, and has its row; nothing half is anywhere.</summary>
    private async Task ShouldHoldAsync(SmallDisk disk, string study, string[] files)
    {
        var rows = await postgres.InstancesAsync(study, files.Length);
        rows.Count.ShouldBe(files.Length);
        foreach (var file in files)
        {
            var row = rows.Single(row => row.Sop.Value == Part10Head.Read(file).SopInstanceUid);
            SomeFiles.DataSet(disk.At("spool", row.Path)).AsSpan().SequenceEqual(SomeFiles.DataSet(file)).ShouldBeTrue();
        }

        Directory.GetFiles(disk.At("spool", "objects"), "*.dcm", SearchOption.AllDirectories).Length.ShouldBe(files.Length);
        Directory.GetFiles(disk.At("spool", "quarantine")).ShouldBeEmpty();
        new SpoolVerification(new SpoolOptions { Folder = disk.At("spool") }).Faults(() => { }, Stop).ShouldBeEmpty();
    }
}
