using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests;

/// <summary>Originals on their way to archives that are real ones wherever one can be told to do what the test is about.</summary>
public sealed class ForwardTests(DeliveryFixture fixture, OrthancFixture orthanc) : IClassFixture<DeliveryFixture>, IAsyncLifetime
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync()
    {
        await using var connection = await fixture.Database.OpenAsync(Stop);
        await connection.ExecuteAsync("delete from work; delete from breaker; delete from alarm_notice; delete from alarm_event; delete from alarm", [], Stop);
    }

    public ValueTask DisposeAsync()
    {
        _folder.Dispose();
        return ValueTask.CompletedTask;
    }

    [Fact]
    public async Task Originals_arrive_as_they_came_and_late_ones_alone_follow_in_another_round()
    {
        await using var archive = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("archive")).FullName);
        await using var installation = To(archive.Port);
        var images = Images(6);
        var study = await installation.ArriveAsync([.. images.Take(4)], "archive");
        await installation.DeliverAsync();

        Received(archive.Folder).ShouldBe(images.Take(4).Select(Uid), ignoreOrder: true);
        foreach (var file in Directory.GetFiles(archive.Folder))
            DataSet(file).ShouldBe(DataSet(installation.Get<Spool>().At((await installation.Get<StudyStore>().InstanceAsync(new(Part10Head.Read(file).SopInstanceUid), Stop))[0].Path)));

        foreach (var file in Directory.GetFiles(archive.Folder)) File.Delete(file);
        await installation.ArriveAsync([.. images.Skip(2)], "archive");
        await installation.DeliverAsync();

        Received(archive.Folder).ShouldBe(images.Skip(4).Select(Uid), ignoreOrder: true);
        (await RoundsAsync(installation, study)).ShouldBe([(1, 4, 0, "delivered"), (2, 2, 0, "delivered")]);
        (await AuditAsync(installation, study)).ShouldBe(["originals.delivered taken 4", "originals.delivered taken 2"]);
        (await installation.DeliveriesAsync(study)).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_receiver_that_is_killed_in_the_middle_is_sent_only_what_is_missing()
    {
        var images = Images(6);
        await using var killed = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("killed")).FullName, "--sleep-after", "1");
        await using var installation = To(killed.Port);
        var study = await installation.ArriveAsync(images, "archive");
        var delivering = installation.DeliverAsync();
        while (Directory.GetFiles(killed.Folder).Length < 3) await Task.Yield();
        await killed.StopAsync();
        await delivering;

        var (_, _, missing, state) = (await RoundsAsync(installation, study)).ShouldHaveSingleItem();
        (missing, state).ShouldSatisfyAllConditions(left => left.missing.ShouldBeInRange(1, 5), left => left.state.ShouldBe("due"));
        var work = (await installation.WorkAsync(study)).ShouldHaveSingleItem();
        work.LastError.ShouldNotBeNull().ShouldStartWith($"archive: {missing} of 6 originals");

        await using var back = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("back")).FullName, killed.Port);
        await installation.MakeDueAsync(study);
        await installation.DeliverAsync();

        Received(back.Folder).Count.ShouldBe(missing);
        Received(killed.Folder).Union(Received(back.Folder)).ShouldBe(images.Select(Uid), ignoreOrder: true);
        (await RoundsAsync(installation, study)).ShouldBe([(1, 6, 0, "delivered")]);
        (await AuditAsync(installation, study)).ShouldBe([$"originals.sent taken {6 - missing}", $"originals.delivered taken {missing}"]);
    }

    [Fact]
    public async Task An_archive_that_does_not_take_the_syntax_is_said_to_and_gets_the_rest()
    {
        var images = Images(2);
        var compressed = await CompressedAsync(images[1]);
        await using var archive = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("archive")).FullName); // uncompressed only
        await using var installation = To(archive.Port);
        var study = await installation.ArriveAsync([images[0], compressed], "archive");
        await installation.DeliverAsync();

        Received(archive.Folder).ShouldBe([Uid(images[0])]);
        var work = (await installation.WorkAsync(study)).ShouldHaveSingleItem();
        work.LastError.ShouldBe($"archive: 1 of 2 originals is not there: ARCHIVE accepts no presentation context for SOP class {DicomUid.CTImageStorage} in transfer syntax {DicomUid.JPEGLSLossless}.");
        work.Waits.ShouldBeGreaterThan(TimeSpan.FromMinutes(10));

        await using var all = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("all")).FullName, "+xa");
        await using var mended = To(all.Port);
        await mended.MakeDueAsync(study);
        await mended.DeliverAsync();
        Received(all.Folder).ShouldBe([Uid(compressed)]);
        Part10Head.Read(Directory.GetFiles(all.Folder).Single()).TransferSyntax.ShouldBe(DicomUid.JPEGLSLossless);
    }

    [Fact]
    public async Task Originals_go_where_a_demonstration_result_does_not_and_a_destination_without_results_gets_no_document()
    {
        await using var installation = fixture.Install(("Destinations:0:Name", "archive"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{orthanc.DicomPort}"),
            ("Destinations:0:CalledAe", OrthancFixture.Ae), ("Destinations:0:Results", "false"));
        var study = await installation.ArriveAsync(Images(3), "archive");
        await installation.ScoreAsync(study, demonstration: true);
        await installation.DeliverAsync();

        (await orthanc.FilesAsync(study.Value)).Count.ShouldBe(3);
        (await installation.DeliveriesAsync(study)).ShouldBeEmpty();
    }

    [Fact]
    public async Task What_an_archive_refuses_is_a_dead_letter_and_a_replay_sends_what_is_missing()
    {
        await using var refusing = AnsweringPacs.With(DimseStatus.CannotUnderstand);
        await using var installation = To(refusing.Port);
        var images = Images(2);
        var study = await installation.ArriveAsync(images, "archive");
        await installation.DeliverAsync();
        (await RoundsAsync(installation, study)).ShouldBe([(1, 2, 2, "failed")]);
        (await installation.Get<DeadLetterStore>().CausesAsync(Stop)).ShouldHaveSingleItem().Key.ShouldBe("delivery/archive/status-c000");
        var journey = await installation.Get<StudyJourneyStore>().FindAsync(study, Stop);
        journey!.Hops.ShouldContain(hop => hop.Step == "Forwarding given up");

        await using var archive = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("archive")).FullName);
        await using var mended = To(archive.Port);
        (await mended.Get<DeadLetterStore>().ReplayAsync(study, "test", Stop)).Due.ShouldBe(1);
        await mended.DeliverAsync();
        Received(archive.Folder).ShouldBe(images.Select(Uid), ignoreOrder: true);
        (await RoundsAsync(installation, study)).ShouldBe([(1, 2, 0, "delivered")]);
    }

    [Fact]
    public async Task An_original_whose_file_is_gone_is_said_to_be_and_no_fault_of_the_archive()
    {
        await using var archive = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("archive")).FullName);
        await using var installation = To(archive.Port);
        var images = Images(2);
        var study = await installation.ArriveAsync(images, "archive");
        await using (var connection = await fixture.Database.OpenAsync(Stop))
            await connection.ExecuteAsync("delete from instance where sop_uid = $1", [Uid(images[0])], Stop);
        await installation.DeliverAsync();

        Received(archive.Folder).ShouldBe([Uid(images[1])]);
        (await RoundsAsync(installation, study)).ShouldBe([(1, 2, 1, "failed")]);
        var waits = (await installation.Get<StudyJourneyStore>().FindAsync(study, Stop))!;
        waits.Page.Forwards.ShouldHaveSingleItem().Because.ShouldBe($"1 of 2 originals is not there: Image {Uid(images[0])} is not in the spool any more.");
    }

    [Fact]
    public void A_list_of_UIDs_is_small_and_the_same_when_it_is_read()
    {
        var uids = Enumerable.Range(1, 2000).Select(number => $"1.2.840.113619.2.55.3.2831164356.781.1591781301.{467 + number}.{number}").ToList();
        UidList.Read(UidList.Write(uids), 2000).ShouldBe(uids, ignoreOrder: true);
        UidList.Read(UidList.Write([]), 0).ShouldBeEmpty();
        UidList.Write(uids).Length.ShouldBeLessThan(16_000);
        Should.Throw<InvalidDataException>(() => UidList.Read(UidList.Write(uids)[..^100], 2000));
        Should.Throw<InvalidDataException>(() => UidList.Read([1, 2, 3, 4, 5, 6, 7, 8], 2000));
    }

    private Installation To(int port) => fixture.Install(("Destinations:0:Name", "archive"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{port}"), ("Destinations:0:CalledAe", "ARCHIVE"));

    private static List<DicomFile> Images(int count) =>
        [.. PhantomDicom.Images(Phantom.Draw(new PhantomSpec { Seed = 5, Slices = count, Matrix = 32 }, cancellation: Stop), new PhantomWriteOptions { Identity = Guid.NewGuid().ToString() })
            .Select(image => new DicomFile(image.Dataset))];

    private async Task<DicomFile> CompressedAsync(DicomFile image)
    {
        await using (var plain = File.Create(_folder.At("plain.dcm"))) image.Write(plain);
        (await ExternalTool.RunAsync("dcmcjpls", [_folder.At("plain.dcm"), _folder.At("jls.dcm")], new Dictionary<string, string>())).Expect();
        return DicomFile.Read(new MemoryStream(await File.ReadAllBytesAsync(_folder.At("jls.dcm"), Stop)));
    }

    private static string Uid(DicomFile file) => file.Dataset.GetString(DicomTag.SOPInstanceUID)!;

    private static List<string> Received(string folder) => [.. Directory.GetFiles(folder).Select(file => Part10Head.Read(file).SopInstanceUid)];

    private static byte[] DataSet(string path) => File.ReadAllBytes(path)[(int)Part10Head.Read(path).DataSetOffset..];

    private static async Task<List<(int Round, int Images, int Missing, string State)>> RoundsAsync(Installation installation, StudyUid study) =>
        [.. (await installation.Get<ForwardStore>().OfAsync(study, Stop)).Select(row => (row.Round, row.Images, row.Missing, row.State))];

    private static async Task<List<string>> AuditAsync(Installation installation, StudyUid study)
    {
        await using var connection = await installation.Get<Database>().OpenAsync(Stop);
        return await connection.ListAsync("select event || ' taken ' || (detail ->> 'taken') from audit where study_uid = $1 and event like 'originals.%' order by id",
            [study.Value], row => row.GetString(0), Stop);
    }
}
