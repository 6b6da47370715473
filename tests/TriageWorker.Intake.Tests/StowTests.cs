using System.Net;
using System.Text;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>Images by STOW-RS take the way of those by C-STORE, with the same promises.</summary>
public sealed class StowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Client = "DICOMweb client 127.0.0.1", Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-pydicom

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_curl_stores_lies_in_the_spool_byte_for_byte_and_is_counted_under_the_name_of_its_address()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 101);
        await File.WriteAllBytesAsync(folder.At("body"), StowBody.Of("some boundary", study.Files.Select(File.ReadAllBytes)), Stop);
        var before = await LinkAsync();
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            var said = (await Stowing.CurlAsync("-w", "%{http_code}", "-H", "Content-Type: multipart/related; type=\"application/dicom\"; boundary=\"some boundary\"",
                "--data-binary", $"@{folder.At("body")}", $"{intake.DicomWeb}studies/{study.StudyInstanceUid}")).Expect().Output;

            said[^3..].ShouldBe("200");
            var answer = DicomDataset.ParseJson(Encoding.UTF8.GetBytes(said[..^3]));
            answer.GetString(DicomTag.RetrieveURL).ShouldBeNull("nothing can be retrieved at this port");
            answer.GetSequence(DicomTag.ReferencedSOPSequence).Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID)).ShouldBe(study.Files.Select(file => Part10Head.Read(file).SopInstanceUid));
            await ShouldHoldAsync(folder, study.StudyInstanceUid, study.Files);
            (await postgres.Get<StudyStore>().FindAsync(new StudyUid(study.StudyInstanceUid), Stop))!.Caller.ShouldBe(Client);
            await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 1);
            (await postgres.CountAsync("""
                select count(*) from association where ending = 'released' and objects = 4 and calling_ae = $1 and peer_address like '127.0.0.1:%'
                  and id in (select association_id from instance where study_uid = $2)
                """, Client, study.StudyInstanceUid)).ShouldBe(1);
        }

        var link = (await LinkAsync())!; // of all that these tests have stored from here
        (link.Row.Who.Address, link.Row.Who.IsSecured, link.Day.Associations - (before?.Day.Associations ?? 0), link.Day.Objects - (before?.Day.Objects ?? 0)).ShouldBe(("127.0.0.1", false, 1, 4));
        link.Row.Who.Implementation.ShouldStartWith("curl/");
    }

    [Fact]
    public async Task What_pydicom_writes_and_sends_is_stored()
    {
        const string Script = """
            import io, sys, urllib.request, pydicom
            body = b''
            for path in sys.argv[2:]:
                part = io.BytesIO()
                pydicom.dcmread(path).save_as(part, write_like_original=False)
                body += b'--frontier\r\nContent-Type: application/dicom\r\n\r\n' + part.getvalue() + b'\r\n'
            request = urllib.request.Request(sys.argv[1], body + b'--frontier--', {'Accept': 'application/dicom+xml', 'Content-Type': 'multipart/related; type="application/dicom"; boundary=frontier'})
            print(urllib.request.urlopen(request).read().decode())
            """;
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 109);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var said = (await ExternalTool.RunAsync(Python, ["-c", Script, $"{intake.DicomWeb}studies", .. study.Files])).Expect().Output;
        foreach (var file in study.Files) said.ShouldContain(Part10Head.Read(file).SopInstanceUid);
        (await postgres.InstancesAsync(study.StudyInstanceUid, 4)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task One_file_needs_no_parts_and_storing_it_again_is_no_work_while_another_content_is_a_conflict()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 102, slices: 1);
        new DicomFile(DicomFile.Read(study.Files[0]).Dataset.Set(DicomTag.PatientComments, "other")).Write(folder.At("other.dcm"));
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        foreach (var file in (string[])[study.Files[0], study.Files[0], folder.At("other.dcm")])
        {
            var (status, answer) = await intake.StowAsync("studies", await File.ReadAllBytesAsync(file, Stop), "application/dicom");
            status.ShouldBe(HttpStatusCode.OK);
            answer.GetSequence(DicomTag.ReferencedSOPSequence).Count.ShouldBe(1);
        }

        var sop = Part10Head.Read(study.Files[0]).SopInstanceUid;
        await Rows.UntilAsync(async _ => await postgres.CountAsync("select count(*) from instance where sop_uid = $1 and conflict", sop) == 2);
        (await postgres.Get<StudyStore>().InstanceAsync(new SopInstanceUid(sop), Stop)).ShouldAllBe(row => File.Exists(folder.At("spool", row.Path)));
        await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 2); // that of the second request brought nothing new
    }

    [Fact]
    public async Task Each_instance_has_its_own_answer_and_what_is_at_fault_is_in_quarantine()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 103, slices: 3);
        var other = SomeFiles.Write(folder.At("other"), seed: 104, slices: 1);
        var files = study.Files.Select(File.ReadAllBytes).ToArray();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));

        var (status, answer) = await intake.StowAsync($"studies/{study.StudyInstanceUid}",
            StowBody.Of(files[0], files[1][..^100], File.ReadAllBytes(other.Files[0]), "no file at all"u8.ToArray(), files[2]));

        status.ShouldBe(HttpStatusCode.Accepted);
        answer.GetSequence(DicomTag.ReferencedSOPSequence).Select(item => item.GetString(DicomTag.ReferencedSOPInstanceUID))
            .ShouldBe([Part10Head.Read(study.Files[0]).SopInstanceUid, Part10Head.Read(study.Files[2]).SopInstanceUid]);
        answer.GetSequence(DicomTag.FailedSOPSequence).Select(item => (item.GetString(DicomTag.ReferencedSOPInstanceUID), item.GetInt32(DicomTag.FailureReason)))
            .ShouldBe([(Part10Head.Read(study.Files[1]).SopInstanceUid, 0xC000), (Part10Head.Read(other.Files[0]).SopInstanceUid, 0xA900)]);
        answer.GetSequence(DicomTag.OtherFailuresSequence).Select(item => item.GetInt32(DicomTag.FailureReason)).ShouldBe([0xC000]);
        Directory.GetFiles(folder.At("spool", "quarantine"), "*.part").Length.ShouldBe(2);
        (await postgres.InstancesAsync(study.StudyInstanceUid, 2)).Count.ShouldBe(2);
        intake.Log.All.Count(line => line.Contains(Client, StringComparison.Ordinal) && line.Contains("was refused with", StringComparison.Ordinal)).ShouldBe(3);
    }

    [Fact]
    public async Task A_disk_that_fills_gets_A700_for_what_did_not_fit_and_a_nearly_full_one_turns_senders_away_for_now()
    {
        const int MiB = 1024 * 1024;
        await using var disk = await SmallDisk.MountAsync(megabytes: 5);
        using var folder = new TemporaryFolder();
        var (study, files) = SomeFiles.WriteLarge(folder.At("study"), images: 8, MiB);
        var body = StowBody.Of(files.Select(File.ReadAllBytes));
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, disk.At("spool")))
        {
            var (status, answer) = await intake.StowAsync("studies", body);
            status.ShouldBe(HttpStatusCode.Accepted);
            var kept = answer.GetSequence(DicomTag.ReferencedSOPSequence).Count;
            kept.ShouldBeInRange(3, 4);
            answer.GetSequence(DicomTag.FailedSOPSequence).Select(item => item.GetInt32(DicomTag.FailureReason)).ShouldBe(Enumerable.Repeat((int?)0xA700, 8 - kept));
            (await postgres.InstancesAsync(study, kept)).Count.ShouldBe(kept);
        }

        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, disk.At("spool"), ("Spool:MinimumFreeBytes", $"{20L * MiB}")))
        {
            using (var away = await intake.StowPostAsync("studies", body, StowBody.Type))
            {
                away.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
                away.Headers.RetryAfter.ShouldNotBeNull();
            }

            await disk.GrowAsync(megabytes: 60);
            (await intake.StowAsync("studies", body)).Status.ShouldBe(HttpStatusCode.OK);
        }

        (await postgres.InstancesAsync(study, 8)).Count.ShouldBe(8);
        Directory.GetFiles(disk.At("spool", "quarantine")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_study_stays_open_while_a_request_brings_more_of_it_and_a_sender_that_goes_away_is_told_of_as_such()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 108, slices: 2);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var body = StowBody.Of(study.Files.Select(File.ReadAllBytes));
        using var http = await RawHttp.ConnectAsync(intake.DicomWeb);
        await http.BeginPostAsync(new Uri(intake.DicomWeb, "studies"), StowBody.Type, body.Length);
        await http.SendAsync(body.AsMemory(0, body.Length - 1000));
        await postgres.InstancesAsync(study.StudyInstanceUid, 1);
        const string Open = "select count(*) from association a join instance i on i.association_id = a.id where i.study_uid = $1 and a.ended_at is null and a.lease_until > now()";
        (await postgres.CountAsync(Open, study.StudyInstanceUid)).ShouldBe(1);

        http.HangUp(abruptly: true);

        await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 1);
        (await postgres.EndingsAsync(study.StudyInstanceUid)).ShouldBe(["lost after 1 object"]);
        Directory.GetFiles(folder.At("spool", "quarantine")).ShouldBeEmpty();
        (await postgres.InstancesAsync(study.StudyInstanceUid, 1)).Count.ShouldBe(1);
    }

    [Fact]
    public async Task A_listener_that_is_killed_in_the_middle_of_a_request_loses_nothing_and_the_next_one_knows_whose_images_they_were()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 111, slices: 12);
        var body = StowBody.Of(study.Files.Select(File.ReadAllBytes));
        // Without a database, rows are left to the next listener.
        using (var listener = await ListenerProcess.StartWithAsync("Host=127.0.0.1;Port=1;Timeout=1", folder.At("spool")))
        {
            using var http = await RawHttp.ConnectAsync(listener.DicomWeb);
            await http.BeginPostAsync(new Uri(listener.DicomWeb, "studies"), StowBody.Type, body.Length);
            await http.SendAsync(body.AsMemory(0, body.Length - 1000));
            await Rows.UntilAsync(_ => Task.FromResult(Sealed(folder) == 11));
            listener.Kill();
        }

        await using var next = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Intake:Callers:0:Address", "127.0.0.1"), ("Intake:Callers:0:Order", "Stat"));
        await ShouldHoldAsync(folder, study.StudyInstanceUid, study.Files.Take(11));
        var known = (await postgres.Get<StudyStore>().FindAsync(new StudyUid(study.StudyInstanceUid), Stop))!;
        (known.Caller, known.Order).ShouldBe((Client, OrderClass.Stat));
    }

    private async Task<CallerLink?> LinkAsync() => (await CallerLink.ReadAsync(postgres.Get<CallerStore>(), Stop)).SingleOrDefault(one => one.Row.Who.Title == Client);

    private static int Sealed(TemporaryFolder folder) => Directory.EnumerateFiles(folder.At("spool", "incoming"), "*.part", SearchOption.AllDirectories).Count(file =>
    {
        using var opened = File.Open(file, FileMode.Open, FileAccess.Read, FileShare.ReadWrite);
        var preamble = new byte[SpoolMark.Size];
        return opened.ReadAtLeast(preamble, preamble.Length, throwOnEndOfStream: false) == preamble.Length && SpoolMark.Read(preamble) is not null;
    });

    private async Task ShouldHoldAsync(TemporaryFolder folder, string study, IEnumerable<string> files)
    {
        var sent = files.ToList();
        var rows = await postgres.InstancesAsync(study, sent.Count);
        rows.Count.ShouldBe(sent.Count);
        foreach (var file in sent)
        {
            var row = rows.Single(row => row.Sop.Value == Part10Head.Read(file).SopInstanceUid);
            SomeFiles.DataSet(folder.At("spool", row.Path)).AsSpan().SequenceEqual(SomeFiles.DataSet(file)).ShouldBeTrue();
            Part10Head.Read(folder.At("spool", row.Path)).SourceAddress.ShouldBe("http://127.0.0.1/");
        }
    }
}
