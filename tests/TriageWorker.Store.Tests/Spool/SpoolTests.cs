using System.Security.Cryptography;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Store.Tests;

public sealed class SpoolTests : IDisposable
{
    private static readonly DateTimeOffset s_receivedAt = new(2026, 1, 2, 10, 11, 12, TimeSpan.Zero);
    private static readonly Guid s_association = Guid.Parse("01900000-0000-7000-8000-000000000001");

    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    [Fact]
    public void A_sealed_object_tells_all_that_its_row_needs_by_itself()
    {
        using var spool = Open();
        var bytes = DataSet("1.2.3");
        using (var file = Begin(spool, "1.2.3"))
        {
            foreach (var piece in bytes.Chunk(1000)) file.Append(piece);
            file.Seal(s_receivedAt);
        }

        var stored = spool.Backlog().Single();
        stored.Mark.Digest.ShouldBe(SHA256.HashData(bytes));
        (stored.Mark.ReceivedAt, stored.Mark.AssociationId, stored.Mark.DataSetLength).ShouldBe((s_receivedAt, s_association, bytes.Length));
        (stored.Head.SopInstanceUid, stored.Head.SourceAe, stored.Head.ReceivingAe).ShouldBe(("1.2.3", "CT1", "TRIAGE"));
        stored.Scan.Uid(Dicom.Network.ScanTag.StudyInstanceUid).ShouldBe("1.2");
        DicomFile.Read(stored.Part).Dataset.GetString(DicomTag.PatientID).ShouldBe("P-1"); // and is still valid Part 10
    }

    [Fact]
    public void Only_sealed_files_are_in_the_backlog()
    {
        using var spool = Open();
        using var unsealed = Begin(spool, "1.2.3");
        unsealed.Append(DataSet("1.2.3"));
        spool.Backlog().ShouldBeEmpty();
    }

    [Fact]
    public void A_file_that_is_given_up_leaves_nothing_behind()
    {
        using var spool = Open();
        using (var file = Begin(spool, "1.2.3")) file.Append(DataSet("1.2.3"));
        Directory.GetFiles(_folder.Path, "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
    }

    [Fact]
    public void The_same_content_is_one_file_however_often_it_is_published()
    {
        using var spool = Open();
        Keep(spool, "1.2.3");
        Keep(spool, "1.2.3");
        var both = spool.Backlog().ToList();
        var paths = spool.Publish(both);
        paths.Distinct().Count().ShouldBe(1);
        spool.Publish(both).ShouldBe(paths);
        spool.Retire(both);
        spool.Backlog().ShouldBeEmpty();
        File.ReadAllBytes(spool.At(paths[0])).AsSpan().EndsWith(DataSet("1.2.3")).ShouldBeTrue();
    }

    [Theory]
    [InlineData(300_000)] // bytes were changed
    [InlineData(-1)] // the end is missing
    public void A_file_that_has_rotted_is_put_aside_when_its_content_comes_again(int at)
    {
        using var spool = Open();
        Keep(spool, "1.2.3");
        var path = spool.At(spool.Publish([.. spool.Backlog()])[0]);
        spool.Retire([.. spool.Backlog()]);
        var bytes = File.ReadAllBytes(path);
        if (at < 0) bytes = bytes[..^1];
        else bytes[at] ^= 1;
        File.WriteAllBytes(path, bytes);

        Keep(spool, "1.2.3");
        var again = spool.Backlog().ToList();
        spool.Publish(again);
        spool.Retire(again);

        File.ReadAllBytes(path).AsSpan().EndsWith(DataSet("1.2.3")).ShouldBeTrue();
        File.ReadAllBytes(Directory.GetFiles(_folder.At("quarantine"), "*.part").ShouldHaveSingleItem()).ShouldBe(bytes);
        File.ReadAllText(Directory.GetFiles(_folder.At("quarantine"), "*.txt").ShouldHaveSingleItem()).ShouldStartWith("the same content came again, and in this file it");
    }

    [Fact]
    public void What_a_living_process_holds_is_not_adopted()
    {
        using var first = Open();
        Keep(first, "1.2.3");
        using var second = Open();
        second.Adopt(Stop).ShouldBe(default);
        first.Backlog().Count().ShouldBe(1);
    }

    [Fact]
    public void What_a_dead_process_left_is_adopted_if_whole_and_else_put_aside()
    {
        using (var dead = Open())
        {
            Keep(dead, "1.2.3");
            Keep(dead, "1.2.4");
            Keep(dead, "1.2.5");
            var parts = dead.Backlog().OrderBy(o => o.Head.SopInstanceUid).Select(o => o.Part).ToList();
            File.WriteAllBytes(parts[1], File.ReadAllBytes(parts[1])[..^1]); // the machine lost the end
            var bent = File.ReadAllBytes(parts[2]);
            bent[^1] ^= 1; // or a block of it
            File.WriteAllBytes(parts[2], bent);
            File.WriteAllBytes(Path.Combine(Path.GetDirectoryName(parts[0])!, "unsealed.part"), new byte[300]);
        }

        using var next = Open();
        next.Adopt(Stop).ShouldBe(new Adoption(1, 3));
        next.Backlog().Single().Head.SopInstanceUid.ShouldBe("1.2.3");
        Directory.GetFiles(_folder.At("quarantine"), "*.txt").Select(File.ReadAllText).Select(text => text.Split(' ')[1]).Order().ShouldBe(["digest", "has", "has"]);
        Directory.GetDirectories(_folder.At("incoming")).Length.ShouldBe(1);
        next.Adopt(Stop).ShouldBe(default);
    }

    [Fact]
    public void A_mark_with_any_bit_changed_is_no_mark()
    {
        var preamble = new byte[SpoolMark.Size];
        var mark = new SpoolMark(300, 4000, SHA256.HashData([1]), s_receivedAt, s_association);
        mark.Write(preamble);
        (SpoolMark.Read(preamble)! with { Digest = mark.Digest }).ShouldBe(mark);
        for (var bit = 0; bit < preamble.Length * 8; bit++)
        {
            preamble[bit / 8] ^= (byte)(1 << (bit % 8));
            SpoolMark.Read(preamble).ShouldBeNull($"bit {bit}");
            preamble[bit / 8] ^= (byte)(1 << (bit % 8));
        }
    }

    [Fact]
    public void Without_room_nothing_is_begun()
    {
        using var spool = Open(minimumFree: long.MaxValue);
        Should.Throw<IOException>(() => Begin(spool, "1.2.3")).Message.ShouldBe("the disk of the spool is nearly full");
    }

    [Fact]
    public async Task A_disk_that_is_full_and_one_that_cannot_sync_are_alarms_of_their_own()
    {
        using var spool = Open(minimumFree: long.MaxValue);
        (await AlarmsAsync(spool)).ShouldBe([WatchedSpool.Full]);

        using var failing = Open();
        (await AlarmsAsync(failing)).ShouldBeEmpty();
        failing.PrepareNames();
        SomeDevice.Become("/dev/null", _folder.At("incoming"));
        Should.Throw<IOException>(() => Keep(failing, "1.2.4"));
        (await AlarmsAsync(failing)).ShouldBe([WatchedSpool.Failing]);
    }

    [Fact]
    public void An_object_under_way_when_the_spool_gets_into_trouble_is_broken_off_within_some_megabytes()
    {
        using var spool = Open();
        spool.PrepareNames();
        using var underWay = Begin(spool, "1.2.3");
        underWay.Append(new byte[1024 * 1024]);
        SomeDevice.Become("/dev/null", _folder.At("incoming"));
        Should.Throw<IOException>(() => Keep(spool, "1.2.4"));

        Should.Throw<IOException>(() => underWay.Append(new byte[8 * 1024 * 1024])).Message.ShouldContain("is failing");
    }

    [Fact]
    public void A_sync_that_the_file_system_does_not_offer_is_a_failure()
    {
        using var spool = Open();
        spool.PrepareNames();
        SomeDevice.Become("/dev/null", _folder.At("incoming")); // takes every byte, and answers fsync with EINVAL
        using (var file = Begin(spool, "1.2.3"))
        {
            file.Append(DataSet("1.2.3"));
            Should.Throw<IOException>(() => file.Seal(s_receivedAt)).Message.ShouldContain("fsync");
        }

        spool.Failure.ShouldNotBeNull();
        File.ReadAllText(Directory.GetFiles(_folder.At("quarantine"), "*.txt").Single()).ShouldBe("it could not be synced\n");
        Should.Throw<IOException>(() => spool.KeepOwn(DataSet("1.2.4"), SHA256.HashData([4]))).Message.ShouldContain("is failing");
    }

    [Fact]
    public async Task A_name_whose_folder_could_not_be_synced_is_not_taken_for_safe_by_the_next_attempt()
    {
        using (var spool = Open()) Keep(spool, "1.2.3");

        var (attempts, syncs) = await PublishingProcess.RunAsync(_folder.Path, ObjectFolder("1.2.3"), fault: "fsync:error=EIO:when=1");

        attempts.ShouldBe(["SyncException, 1 kept", "IOException, 1 kept"]);
        syncs.ShouldBe(0);
    }

    [Fact]
    public async Task A_name_left_by_a_process_that_died_before_its_sync_is_synced()
    {
        using (var spool = Open())
        {
            Keep(spool, "1.2.3");
            var target = spool.At(ContentAddress.Of(SHA256.HashData(DataSet("1.2.3"))));
            Directory.CreateDirectory(Path.GetDirectoryName(target)!);
            File.Copy(spool.Backlog().Single().Part, target);
        }

        var (attempts, syncs) = await PublishingProcess.RunAsync(_folder.Path, ObjectFolder("1.2.3"));

        attempts.ShouldBe(["1 published", "1 published"]);
        syncs.ShouldBe(2);
    }

    [Fact]
    public void A_file_that_the_disk_does_not_give_back_is_set_aside_and_the_others_go_on()
    {
        using var spool = Open();
        Keep(spool, "1.2.3");
        var own = Path.GetDirectoryName(spool.Backlog().Single().Part)!;
        File.CreateSymbolicLink(Path.Combine(own, "broken.part"), "/proc/self/mem"); // reading its first page is EIO
        File.CreateSymbolicLink(Path.Combine(own, "circle.part"), Path.Combine(own, "circle.part")); // cannot be opened, which may pass

        spool.Backlog().Single().Head.SopInstanceUid.ShouldBe("1.2.3");
        File.ReadAllText(_folder.At("quarantine", "broken.txt")).ShouldStartWith("it was acknowledged, but cannot be read");
        Directory.GetFiles(own, "circle.part").ShouldHaveSingleItem();
    }

    [Fact]
    public void A_uid_that_comes_behind_its_place_is_known_to_the_row_as_it_was_at_receipt()
    {
        using var spool = Open();
        byte[] bytes =
        [
            .. new DicomDataset()
                .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, "1.2.3").Set(DicomTag.SeriesInstanceUID, "1.2.1")
                .Set(DicomTag.RedPaletteColorLookupTableData, DicomVR.OW, new byte[100_000]).ToBytes(TransferSyntax.ExplicitVRLittleEndian),
            .. new DicomDataset().Set(DicomTag.StudyInstanceUID, "1.2").ToBytes(TransferSyntax.ExplicitVRLittleEndian),
        ];
        using (var file = Begin(spool, "1.2.3"))
        {
            file.Append(bytes);
            file.Seal(s_receivedAt);
        }

        spool.Backlog().Single().Scan.Uid(Dicom.Network.ScanTag.StudyInstanceUid).ShouldBe("1.2");
    }

    [Fact]
    public void What_cannot_be_taken_over_holds_nothing_else_up_and_stays()
    {
        using (var dead = Open()) Keep(dead, "1.2.3");
        Directory.CreateDirectory(_folder.At("incoming", "another-users", ".lock")); // cannot be opened as a lock
        var half = Directory.CreateDirectory(_folder.At("incoming", "half")).FullName;
        File.WriteAllBytes(Path.Combine(half, "torn.part"), new byte[300]);
        File.WriteAllBytes(Path.Combine(half, "stuck.part"), new byte[300]);
        Directory.CreateDirectory(_folder.At("quarantine", "torn.txt")); // the reason cannot be written
        Directory.CreateDirectory(_folder.At("quarantine", "stuck.part", "in the way")); // the file cannot be moved

        using var next = Open();
        next.Adopt(Stop).ShouldBe(new Adoption(1, 1));

        next.Backlog().Single().Head.SopInstanceUid.ShouldBe("1.2.3");
        File.Exists(_folder.At("quarantine", "torn.part")).ShouldBeTrue();
        File.Exists(Path.Combine(half, "stuck.part")).ShouldBeTrue();
        Directory.Exists(_folder.At("incoming", "another-users")).ShouldBeTrue();
    }

    [Fact]
    public void A_process_that_starts_while_others_adopt_has_its_folder()
    {
        // Each start meets adopters at some instant between the folder it makes and the lock it takes.
        Parallel.For(0, 200, new ParallelOptions { MaxDegreeOfParallelism = 8, CancellationToken = Stop }, round =>
        {
            using var spool = Open();
            spool.Adopt(Stop);
            Keep(spool, $"1.2.{round}");
        });

        using var last = Open();
        last.Adopt(Stop);
        last.Backlog().Count().ShouldBe(200);
        Directory.GetDirectories(_folder.At("incoming")).Length.ShouldBe(1);
    }

    private string ObjectFolder(string sop) => Path.GetDirectoryName(Path.Combine(_folder.Path, ContentAddress.Of(SHA256.HashData(DataSet(sop)))))!;

    private Store.Spool Open(long minimumFree = 0) =>
        new(Options.Create(new SpoolOptions { Folder = _folder.Path, MinimumFreeBytes = minimumFree }), NullLogger<Store.Spool>.Instance);

    private static async Task<IEnumerable<string>> AlarmsAsync(Store.Spool spool) =>
        (await new WatchedSpool(spool).LookAsync(Stop)).Where(thing => thing.Trouble is { Severity: AlarmSeverity.Critical }).Select(thing => thing.Kind);

    private static SpoolFile Begin(Store.Spool spool, string sop) =>
        spool.Begin(new SpoolHead(DicomUid.CTImageStorage, sop, DicomUid.ExplicitVRLittleEndian, "CT1", "TRIAGE", s_association));

    private static void Keep(Store.Spool spool, string sop)
    {
        using var file = Begin(spool, sop);
        file.Append(DataSet(sop));
        file.Seal(s_receivedAt);
    }

    private static byte[] DataSet(string sop) => new DicomDataset()
        .Set(DicomTag.SOPClassUID, DicomUid.CTImageStorage).Set(DicomTag.SOPInstanceUID, sop)
        .Set(DicomTag.StudyInstanceUID, "1.2").Set(DicomTag.SeriesInstanceUID, "1.2.1").Set(DicomTag.PatientID, "P-1")
        .Set(DicomTag.PixelData, DicomVR.OW, new byte[600_000])
        .ToBytes(TransferSyntax.ExplicitVRLittleEndian);
}
