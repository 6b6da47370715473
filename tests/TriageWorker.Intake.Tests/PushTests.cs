using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

public sealed class PushTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_storescu_pushes_lies_in_the_spool_byte_for_byte_and_has_one_row_each()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 1);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            (await ExternalTool.RunAsync("storescu", ["-aet", "CT1", "127.0.0.1", $"{intake.Port}", .. study.Files], new Dictionary<string, string>())).Expect();
            (await intake.Log.LineAsync("Association of CT1")).ShouldContain("4 objects");
        }

        var rows = await postgres.InstancesAsync(study.StudyInstanceUid, 4);
        rows.Count.ShouldBe(4);
        foreach (var file in study.Files)
        {
            var row = rows.Single(row => row.Sop.Value == Part10Head.Read(file).SopInstanceUid);
            SomeFiles.DataSet(folder.At("spool", row.Path)).AsSpan().SequenceEqual(SomeFiles.DataSet(file)).ShouldBeTrue();
            (row.Own, row.Conflict, row.TransferSyntax).ShouldBe((false, false, Part10Head.Read(file).TransferSyntax));
        }

        Directory.GetFiles(folder.At("spool", "incoming"), "*.part", SearchOption.AllDirectories).ShouldBeEmpty();
        var stored = await postgres.Get<StudyStore>().FindAsync(new StudyUid(study.StudyInstanceUid), Stop);
        (stored!.Caller, stored.Images, stored.PatientId, stored.Accession).ShouldBe(("CT1", 4, study.PatientId, study.AccessionNumber));
        (await postgres.CountAsync("select count(*) from work where stage = 'closing' and key = $1", study.StudyInstanceUid)).ShouldBe(1);
        (await postgres.CountAsync(
            """
            select count(*) from association where ending = 'released' and objects = 4 and calling_ae = 'CT1'
              and id in (select association_id from instance where study_uid = $1)
            """,
            study.StudyInstanceUid)).ShouldBe(1);
    }

    [Fact]
    public async Task A_study_pushed_twice_is_success_twice_and_stored_once()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 2);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            for (var i = 0; i < 2; i++) (await intake.PushAsync(study.Files, Stop)).ShouldAllBe(status => status.IsSuccess);
        }

        (await postgres.InstancesAsync(study.StudyInstanceUid, 4)).Count.ShouldBe(4);
        Directory.GetFiles(folder.At("spool", "objects"), "*.dcm", SearchOption.AllDirectories).Length.ShouldBe(4);
    }

    [Fact]
    public async Task Another_content_under_the_same_uid_is_kept_beside_the_first_and_flagged()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 3, slices: 1);
        var bent = folder.At("bent.dcm");
        var bytes = File.ReadAllBytes(study.Files[0]);
        bytes[^1] ^= 1;
        File.WriteAllBytes(bent, bytes);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            (await intake.PushAsync([study.Files[0], bent], Stop)).ShouldAllBe(status => status.IsSuccess);
        }

        var contents = await postgres.Get<StudyStore>().InstanceAsync(new SopInstanceUid(Part10Head.Read(bent).SopInstanceUid), Stop);
        contents.Count.ShouldBe(2);
        contents.ShouldAllBe(row => row.Conflict && File.Exists(folder.At("spool", row.Path)));
    }

    [Fact]
    public async Task A_cut_object_is_refused_and_quarantined_and_the_rest_of_the_push_goes_on()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 4, slices: 2);
        File.WriteAllBytes(study.Files[0], File.ReadAllBytes(study.Files[0])[..^100]);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            (await intake.PushAsync(study.Files, Stop)).ShouldBe([DimseStatus.CannotUnderstand, DimseStatus.Success]);
            (await intake.Log.LineAsync("was refused with 0xC000")).ShouldNotContain(Part10Head.Read(study.Files[0]).SopInstanceUid);
        }

        (await postgres.InstancesAsync(study.StudyInstanceUid, 1)).Count.ShouldBe(1);
        File.ReadAllText(Directory.GetFiles(folder.At("spool", "quarantine"), "*.txt").Single()).ShouldStartWith("Truncated at byte");
    }

    [Fact]
    public async Task A_disk_that_is_full_gets_A700_and_keeps_no_half_of_an_object()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 6, slices: 2);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await intake.BecomeAsync("/dev/full");

        (await intake.PushAsync(study.Files, Stop)).ShouldBe([DimseStatus.OutOfResources, DimseStatus.OutOfResources]);

        (await intake.Log.LineAsync("was refused with 0xA700")).ShouldContain("No space left");
        await intake.Log.LineAsync("2 refused");
        Directory.GetFileSystemEntries(folder.At("spool", "quarantine")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_disk_that_cannot_be_synced_gets_A700_and_no_more_callers()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 7, slices: 1);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await intake.BecomeAsync("/dev/null");

        (await intake.PushAsync(study.Files, Stop)).ShouldBe([DimseStatus.OutOfResources]);

        await intake.Log.LineAsync("Critical: The volume of the spool");
        File.ReadAllText(Directory.GetFiles(folder.At("spool", "quarantine"), "*.txt").Single()).ShouldBe("it could not be synced\n");
        (await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(intake.Call(), Stop))).IsRetryWorthwhile.ShouldBeTrue();
    }

    [Fact]
    public async Task Garbage_and_a_stream_that_breaks_off_leave_a_clear_line_and_a_listener_that_listens()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 5, slices: 1);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        using (var browser = new System.Net.Sockets.TcpClient("127.0.0.1", intake.Port)) browser.GetStream().Write("GET / HTTP/1.1\r\n\r\n"u8);
        await intake.Log.LineAsync("the peer does not speak DICOM (first byte 0x47)");

        await using (var whole = File.OpenRead(study.Files[0]))
        {
            await using var association = await DicomAssociation.RequestAsync(intake.Call() with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop);
            var head = Part10Head.Read(study.Files[0]);
            await Should.ThrowAsync<EndOfStreamException>(() =>
                association.StoreAsync(head.SopClassUid, head.SopInstanceUid, head.TransferSyntax, new BreaksOff(whole, 4000), Stop));
        }

        (await intake.Log.LineAsync("in the middle of an object")).ShouldContain("0 objects");
        (await intake.PushAsync(study.Files, Stop)).ShouldBe([DimseStatus.Success]);
    }

    [Fact]
    public async Task Only_callers_that_are_named_may_push_where_some_are_named()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Intake:Callers:0:AeTitle", "CT7"), ("Intake:Callers:0:Address", "127.0.0.1"));
        (await ExternalTool.RunAsync("echoscu", "-aet", "CT7", "127.0.0.1", $"{intake.Port}")).Expect();
        var refused = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(intake.Call("STRANGER"), Stop));
        refused.IsRetryWorthwhile.ShouldBeFalse();
        await intake.Log.LineAsync("Caller STRANGER");
        await Rows.UntilAsync(async stop => (await postgres.Get<RefusedCallerStore>().NewestAsync(TimeSpan.FromDays(1), 10, stop)) is [{ CallingAe: "STRANGER" } row]
            && row is { CalledAe: "TRIAGE", PeerAddress: "127.0.0.1", Times: 1 } && row.Because == refused.Message.Split("TRIAGE at ")[1].Split(' ', 2)[1].TrimEnd('.'));
    }

    [Fact]
    public async Task A_spool_without_room_tells_callers_to_come_back()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Spool:MinimumFreeBytes", $"{long.MaxValue}"));
        var refused = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(intake.Call(), Stop));
        refused.IsRetryWorthwhile.ShouldBeTrue();
        refused.Message.ShouldContain("result 2, source 3");
    }

    /// <summary>A file of which only the beginning can be read.</summary>
    private sealed class BreaksOff(Stream whole, int after) : Stream
    {
        private int _left = after;

        public override bool CanRead => true;

        public override bool CanSeek => false;

        public override bool CanWrite => false;

        public override long Length => whole.Length;

        public override long Position { get => whole.Position; set => whole.Position = value; }

        public override int Read(byte[] buffer, int offset, int count)
        {
            if (_left == 0) throw new EndOfStreamException("The file cannot be read any further.");
            var read = whole.Read(buffer, offset, Math.Min(count, _left));
            _left -= read;
            return read;
        }

        public override void Flush() => throw new NotSupportedException();

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }
}
