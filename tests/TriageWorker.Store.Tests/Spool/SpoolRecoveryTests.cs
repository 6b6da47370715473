using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

/// <summary>A volume that has failed is tried, and taken into use again once it holds.</summary>
public sealed class SpoolRecoveryTests(StoreFixture store) : IClassFixture<StoreFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_volume_that_holds_several_trials_in_a_row_is_in_use_again_and_both_stand_in_the_ledger()
    {
        using var spool = Open();
        using var recovery = RecoveryOf(spool);
        recovery.TryOnce().ShouldBeFalse(); // nothing is amiss
        Fail(spool);
        var next = spool.Recoveries.Next;

        Trials(recovery, SpoolRecovery.HoldsNeeded).ShouldBe([false, false, true]);

        spool.Failure.ShouldBeNull();
        next.IsCompleted.ShouldBeTrue();
        Keep(spool, "1.2.5");
        spool.Publish([.. spool.Backlog()]).ShouldHaveSingleItem();
        Directory.GetFiles(_folder.At("quarantine"), "*.part").ShouldHaveSingleItem("what failed stays where it is, and is never tried again");
        Directory.GetFiles(_folder.Path, ".trial-*", SearchOption.AllDirectories).ShouldBeEmpty();
        await recovery.TellAsync(Stop);
        await recovery.TellAsync(Stop);
        (await store.CountAsync("audit where detail ->> 'spool' = $1 and event = 'spool.failing'", $"{spool.Id}")).ShouldBe(1);
        (await store.CountAsync("audit where detail ->> 'spool' = $1 and event = 'spool.recovered'", $"{spool.Id}")).ShouldBe(1);
        (await new WatchedSpool(spool).LookAsync(Stop)).ShouldAllBe(thing => thing.Trouble == null);
    }

    [Fact]
    public void A_trial_that_fails_begins_the_count_anew()
    {
        using var spool = Open();
        using var recovery = RecoveryOf(spool);
        Fail(spool);
        Trials(recovery, 2).ShouldBe([false, false]);
        Directory.Move(_folder.At("objects"), _folder.At("away"));
        recovery.TryOnce().ShouldBeFalse();
        Directory.Move(_folder.At("away"), _folder.At("objects"));

        Trials(recovery, 3).ShouldBe([false, false, true]);
    }

    [Fact]
    public void A_sync_that_fails_between_the_trials_begins_the_count_anew()
    {
        using var spool = Open();
        using var recovery = RecoveryOf(spool);
        spool.PrepareNames();
        SomeDevice.Become("/dev/null", _folder.At("incoming"));
        using var underWay = Begin(spool, "1.2.3");
        underWay.Append(DataSet("1.2.3"));
        Should.Throw<IOException>(() => Keep(spool, "1.2.4"));
        MendNames();
        Trials(recovery, 2).ShouldBe([false, false]);
        Should.Throw<IOException>(() => underWay.Seal(TimeProvider.System.GetUtcNow()));

        Trials(recovery, 3).ShouldBe([false, false, true]);
    }

    [Fact]
    public void A_failure_that_nobody_has_tried_since_is_not_forgotten()
    {
        using var spool = Open();
        Fail(spool);
        spool.Recover(spool.Failures - 1).ShouldBeFalse();
        spool.Failure.ShouldNotBeNull();
    }

    [Fact]
    public void A_lasting_name_whose_sync_failed_is_made_anew_before_it_is_synced_again()
    {
        var (fails, file) = (false, _folder.At("file"));
        var folders = new ObjectFolders(_folder.Path, _ =>
        {
            if (fails) throw new SyncException("fsync failed", 5);
        }, (_, _) => { });
        using (var spool = Open())
        {
            Keep(spool, "1.2.3");
            File.Copy(spool.Backlog().Single().Part, file);
        }

        var address = ContentAddress.Of(SHA256.HashData(DataSet("1.2.3")));
        var folder = Path.GetDirectoryName(folders.At(address))!;
        folders.Link([(file, address)]);
        Touch(folder);
        folders.Link([(file, address)]);
        Directory.GetLastWriteTimeUtc(folder).Year.ShouldBe(2001, "a name that was synced stays");

        fails = true;
        Should.Throw<SyncException>(() => folders.Link([(file, address)]));
        Touch(folder);
        fails = false;
        folders.Link([(file, address)]);
        Directory.GetLastWriteTimeUtc(folder).Year.ShouldBeGreaterThan(2001);
        File.Exists(folders.At(address)).ShouldBeTrue();
        Posix.Names(file).ShouldBe(2u);
    }

    [Theory]
    [InlineData("fsync:error=ENOSPC", "refused, no failure, full, 0 in quarantine")]
    [InlineData("fsync:error=EDQUOT", "refused, no failure, full, 0 in quarantine")]
    [InlineData("fsync:error=EIO", "refused, failing, not full, 1 in quarantine")]
    public async Task A_sync_that_finds_no_room_is_a_full_disk_and_no_failing_one(string fault, string said)
    {
        using (Open()) { } // its folders are made and synced
        (await KeepingProcess.RunAsync(_folder.Path, fault)).ShouldBe([said, fault.EndsWith("EIO", StringComparison.Ordinal) ? said : "kept, no failure, not full, 0 in quarantine"]);
    }

    [Fact]
    public void Names_that_could_not_be_synced_leave_nothing_behind()
    {
        var folder = Directory.CreateDirectory(_folder.At("names")).FullName;
        var names = new PartNames(folder, _ => throw new SyncException("fsync failed", 5));
        Should.Throw<SyncException>(names.Fill);
        Directory.GetFiles(folder).ShouldBeEmpty();
        names.Take(out var isSynced);
        isSynced.ShouldBeFalse();
    }

    private static List<bool> Trials(SpoolRecovery recovery, int count) => [.. Enumerable.Range(0, count).Select(_ => recovery.TryOnce())];

    private static void Touch(string folder) => Directory.SetLastWriteTimeUtc(folder, new DateTime(2001, 2, 3, 0, 0, 0, DateTimeKind.Utc));

    private void Fail(Store.Spool spool)
    {
        spool.PrepareNames();
        SomeDevice.Become("/dev/null", _folder.At("incoming"));
        Should.Throw<IOException>(() => Keep(spool, "1.2.4"));
        spool.Failure.ShouldNotBeNull();
        MendNames();
    }

    // As when the cable is plugged in again.
    private void MendNames()
    {
        foreach (var name in Directory.GetFiles(_folder.At("incoming"), "*.part", SearchOption.AllDirectories).Where(name => new FileInfo(name).LinkTarget is not null))
        {
            File.Delete(name);
            File.WriteAllBytes(name, []);
        }
    }

    private SpoolRecovery RecoveryOf(Store.Spool spool) => new(spool, store.Database, NodeName.OfThisProcess, TimeProvider.System, NullLogger<SpoolRecovery>.Instance);

    private Store.Spool Open() => new(Options.Create(new SpoolOptions { Folder = _folder.Path, MinimumFreeBytes = 0 }), NullLogger<Store.Spool>.Instance);

    private static SpoolFile Begin(Store.Spool spool, string sop) =>
        spool.Begin(new SpoolHead(DicomUid.CTImageStorage, sop, DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", Guid.NewGuid()));

    private static void Keep(Store.Spool spool, string sop)
    {
        using var file = Begin(spool, sop);
        file.Append(DataSet(sop));
        file.Seal(TimeProvider.System.GetUtcNow());
    }

    private static byte[] DataSet(string sop) => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, sop)
        .Set(DicomTag.StudyInstanceUID, "1.2").Set(DicomTag.SeriesInstanceUID, "1.2.1").ToBytes(TransferSyntax.ExplicitVRLittleEndian);
}
