using System.Globalization;
using System.Text.Json;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Phantoms;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>Images of the spool, sent by C-MOVE to whom the site knows.</summary>
public sealed class RetrievalTests(PostgresFixture postgres, OrthancFixture orthanc) : IClassFixture<PostgresFixture>, IClassFixture<OrthancFixture>
{
    private const string Move = DicomUid.StudyRootQueryRetrieveInformationModelMove;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Movescu_has_a_study_sent_to_a_storescp_byte_for_byte_and_the_ledger_says_who_and_where()
    {
        using var folder = new TemporaryFolder();
        await using var viewer = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("received")).FullName);
        await using var intake = await StartAsync(folder, viewer.Port);
        var study = await ArriveAsync(intake, folder, seed: 71);

        var said = await MovescuAsync(intake, "VIEWER", $"StudyInstanceUID={study.StudyInstanceUid}");

        Status(said).ShouldBe("0x0000");
        Counts(said, "Completed").ShouldBe(["1", "2", "3", "4"]);
        Directory.GetFiles(viewer.Folder).Select(file => Convert.ToHexString(SomeFiles.DataSet(file))).ShouldBe(study.Files.Select(file => Convert.ToHexString(SomeFiles.DataSet(file))), ignoreOrder: true);
        (await postgres.CountAsync(
            "select count(*) from audit where event = 'images.retrieved' and study_uid = $1 and detail ->> 'caller' = 'MOVESCU' and detail ->> 'destination' = 'VIEWER' and (detail ->> 'images')::integer = 4", study.StudyInstanceUid)).ShouldBe(1);
        await intake.Log.LineAsync("C-MOVE of MOVESCU to VIEWER is over: 4 images sent, 0 not");
    }

    [Fact]
    public async Task One_series_and_single_images_can_be_had_and_a_configured_destination_is_known_by_its_title()
    {
        using var folder = new TemporaryFolder();
        await using var pacs = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("received")).FullName);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Intake:Callers:0:MoveTo:0", "PACS"),
            ("Destinations:0:Name", "pacs"), ("Destinations:0:Kind", "Dicom"), ("Destinations:0:Host", "127.0.0.1"), ("Destinations:0:Port", $"{pacs.Port}"), ("Destinations:0:CalledAe", "PACS"));
        var study = await ArriveAsync(intake, folder, seed: 72);
        var images = study.Files.Select(file => DicomFile.Read(file).Dataset).ToList();
        var series = $"SeriesInstanceUID={images[0].GetString(DicomTag.SeriesInstanceUID)}";

        await MovescuAsync(intake, "PACS", "QueryRetrieveLevel=IMAGE", $"StudyInstanceUID={study.StudyInstanceUid}", series, $@"SOPInstanceUID={images[1].GetString(DicomTag.SOPInstanceUID)}\{images[3].GetString(DicomTag.SOPInstanceUID)}");
        Received(pacs).ShouldBe([images[1].GetString(DicomTag.SOPInstanceUID), images[3].GetString(DicomTag.SOPInstanceUID)], ignoreOrder: true);

        await MovescuAsync(intake, "PACS", "QueryRetrieveLevel=SERIES", $"StudyInstanceUID={study.StudyInstanceUid}", series);
        Received(pacs).Count.ShouldBe(4);
        Status(await MovescuAsync(intake, "PACS", "QueryRetrieveLevel=SERIES", "StudyInstanceUID=1.2.3", "SeriesInstanceUID=1.2.3.4")).ShouldBe("0x0000", "nothing matches");
    }

    [Fact]
    public async Task A_file_that_is_not_kept_here_any_more_counts_as_failed_and_is_named()
    {
        using var folder = new TemporaryFolder();
        await using var viewer = await StoreScp.StartAsync(Directory.CreateDirectory(folder.At("received")).FullName);
        await using var intake = await StartAsync(folder, viewer.Port);
        var study = await ArriveAsync(intake, folder, seed: 73);
        var gone = (await postgres.InstancesAsync(study.StudyInstanceUid, 4))[2];
        File.Delete(folder.At("spool", gone.Path));

        await using var association = await DicomAssociation.RequestAsync(intake.Call() with { Contexts = AssociationRequest.For(Move) }, Stop);
        var outcome = await association.MoveAsync(Move, "VIEWER", Study(study), cancellationToken: Stop);

        (outcome.Status, outcome.Counts.Completed, outcome.Counts.Failed).ShouldBe((DimseStatus.SubOperationsWithFailures, 3, 1));
        outcome.FailedInstances.ShouldBe([gone.Sop.Value]);
    }

    [Theory]
    [InlineData("NOWHERE", "STUDY", "StudyInstanceUID=1.2", "0xa801", "no destination is called NOWHERE")]
    [InlineData("OTHER", "STUDY", "StudyInstanceUID=1.2", "0xa801", "this caller may have nothing sent to OTHER")]
    [InlineData("VIEWER", "STUDY", "PatientID=P1", "0xa900", "StudyInstanceUID is missing")]
    [InlineData("VIEWER", "SERIES", "SeriesInstanceUID=1.2", "0xa900", "one StudyInstanceUID has to be named")]
    [InlineData("VIEWER", "PATIENT", "PatientID=P1", "0xa900", "the level is STUDY, SERIES or IMAGE")]
    public async Task What_is_not_sent_is_refused_in_words(string destination, string level, string key, string status, string says)
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, Loopback.FreePort(),
            ("Intake:Query:Destinations:1:AeTitle", "OTHER"), ("Intake:Query:Destinations:1:Host", "127.0.0.1"), ("Intake:Query:Destinations:1:Port", $"{Loopback.FreePort()}"));

        var said = await MovescuAsync(intake, destination, $"QueryRetrieveLevel={level}", key);

        said.ShouldContain(status);
        said.ShouldContain(says);
    }

    [Fact]
    public async Task Nobody_may_have_images_sent_who_is_not_said_to()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Intake:Callers:0:AeTitle", "*"), ("Intake:Callers:0:Query", "true"));
        var said = await MovescuAsync(intake, "VIEWER", "StudyInstanceUID=1.2");
        said.ShouldContain("0x0122");
        said.ShouldContain("this caller may not: Intake:Callers:n:MoveTo");
        (await postgres.CountAsync("select count(*) from audit where event = 'images.retrieved' and study_uid = '1.2'")).ShouldBe(0);
    }

    [Fact]
    public async Task While_as_many_are_sent_as_may_be_the_next_one_is_told_to_come_back_and_a_cancelled_one_makes_room()
    {
        using var folder = new TemporaryFolder();
        using var deaf = new DeafPeer(); // takes the connection and says nothing
        await using var intake = await StartAsync(folder, deaf.Port, ("Intake:Query:MaxRetrievals", "1"));
        var study = await ArriveAsync(intake, folder, seed: 74);
        using var cancel = new CancellationTokenSource();
        await using var first = await DicomAssociation.RequestAsync(intake.Call("FIRST") with { Contexts = AssociationRequest.For(Move) }, Stop);
        var moving = first.MoveAsync(Move, "VIEWER", Study(study), cancellationToken: cancel.Token);
        await deaf.CalledAsync(Stop);

        await using var second = await DicomAssociation.RequestAsync(intake.Call("SECOND") with { Contexts = AssociationRequest.For(Move) }, Stop);
        (await second.MoveAsync(Move, "VIEWER", Study(study), cancellationToken: Stop)).Status.ShouldBe(DimseStatus.UnableToPerformSubOperations);
        (await intake.PushAsync(study.Files, Stop)).ShouldAllBe(status => status.IsSuccess); // images come in all the same

        await cancel.CancelAsync();
        await Should.ThrowAsync<OperationCanceledException>(() => moving);
        await intake.Log.LineAsync("C-MOVE of FIRST to VIEWER is over: 0 images sent, 0 not, 4 not tried");
    }

    [Fact]
    public async Task Orthanc_finds_a_study_and_has_it_sent_to_itself()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Intake:Callers:0:Query", "true"), ("Intake:Callers:0:MoveTo:0", OrthancFixture.Ae),
            ("Intake:Query:Destinations:0:AeTitle", OrthancFixture.Ae), ("Intake:Query:Destinations:0:Host", "127.0.0.1"), ("Intake:Query:Destinations:0:Port", orthanc.DicomPort.ToString(CultureInfo.InvariantCulture)));
        var study = await ArriveAsync(intake, folder, seed: 75);
        await orthanc.AddModalityAsync(OrthancFixture.CallingAe, intake.Port);

        var query = await orthanc.PostAsync($"modalities/{OrthancFixture.CallingAe}/query", new { Level = "Study", Query = new { PatientID = study.PatientId, StudyDescription = "*" } });
        var path = query.GetProperty("Path").GetString()!.TrimStart('/');
        (await orthanc.GetAsync($"{path}/answers")).GetArrayLength().ShouldBe(1);
        (await orthanc.GetAsync($"{path}/answers/0/content?simplify")).GetProperty("StudyInstanceUID").GetString().ShouldBe(study.StudyInstanceUid);
        await orthanc.PostAsync($"{path}/answers/0/retrieve", new { TargetAet = OrthancFixture.Ae, Synchronous = true });

        (await orthanc.FilesAsync(study.StudyInstanceUid)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task What_is_not_offered_is_refused_in_the_negotiation()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await StartAsync(folder, Loopback.FreePort());
        (await ExternalTool.RunAsync("getscu", "-v", "-S", "-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID=1.2", "127.0.0.1", $"{intake.Port}")).Output.ShouldContain("No adequate Presentation");
    }

    private static DicomDataset Study(PhantomFiles study) => new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY").Set(DicomTag.StudyInstanceUID, study.StudyInstanceUid);

    private static List<string?> Received(StoreScp server) => [.. Directory.GetFiles(server.Folder).Select(file => Part10Head.Read(file).SopInstanceUid)];

    private static string Status(string said) => said.Split('\n').Last(line => line.Contains("DIMSE Status", StringComparison.Ordinal)).Split(':')[2].Trim();

    private static string[] Counts(string said, string kind) =>
        [.. said.Split('\n').Where(line => line.Contains($"{kind} Suboperations", StringComparison.Ordinal)).Select(line => line.Split(':')[^1].Trim())];

    private static async Task<string> MovescuAsync(RunningIntake intake, string destination, params string[] keys) => (await ExternalTool.RunAsync("movescu",
        ["-d", "-S", "-aem", destination, .. keys.Any(key => key.StartsWith("QueryRetrieveLevel", StringComparison.Ordinal)) ? [] : (string[])["-k", "QueryRetrieveLevel=STUDY"], .. keys.SelectMany(key => new[] { "-k", key }), "127.0.0.1", $"{intake.Port}"])).Output;

    private Task<RunningIntake> StartAsync(TemporaryFolder folder, int port, params (string, string)[] settings) => RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"),
        [("Intake:Callers:0:AeTitle", "*"), ("Intake:Callers:0:MoveTo:0", "VIEWER"), ("Intake:Query:Destinations:0:AeTitle", "VIEWER"), ("Intake:Query:Destinations:0:Host", "127.0.0.1"), ("Intake:Query:Destinations:0:Port", $"{port}"), .. settings]);

    private async Task<PhantomFiles> ArriveAsync(RunningIntake intake, TemporaryFolder folder, int seed)
    {
        var study = SomeFiles.Write(folder.At($"study {seed}"), seed);
        await intake.PushAsync(study.Files, Stop);
        await postgres.InstancesAsync(study.StudyInstanceUid, study.Files.Count);
        return study;
    }
}
