using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>Associations that can bring no image: they say nothing of studies, and take no place from those that can.</summary>
public sealed class VisitTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind;
    private static readonly (string, string)[] s_allowed = [("Intake:Callers:0:AeTitle", "*"), ("Intake:Callers:0:Query", "true")];

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData("ASKS", Find, 0)]
    [InlineData("ECHOES", DicomUid.Verification, 0)]
    [InlineData("MAYPUSH", DicomUid.CTImageStorage, 1)] // it has brought nothing yet, but it can
    [InlineData("COMMITS", DicomUid.StorageCommitmentPushModel, 1)]
    public async Task Only_an_association_that_can_bring_or_announce_images_keeps_the_studies_of_its_caller_open(string caller, string sopClass, int open)
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 81 + open, identity: caller);
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), s_allowed))
        {
            await using var beside = await DicomAssociation.RequestAsync(intake.Call(caller) with { Contexts = AssociationRequest.For(sopClass) }, Stop);
            await using (var push = await DicomAssociation.RequestAsync(intake.Call(caller) with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop))
            {
                foreach (var file in study.Files) (await push.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
                await push.ReleaseAsync(Stop);
            }

            await postgres.InstancesAsync(study.StudyInstanceUid, study.Files.Count);
            await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 1);
            (await postgres.Get<EvidenceStore>().OfAsync(new StudyUid(study.StudyInstanceUid), Stop)).ShouldNotBeNull().OpenAssociations.ShouldBe(open);
            await beside.ReleaseAsync(Stop);
            if (open == 0) (await intake.Log.LineAsync("which could bring no images, ended")).ShouldContain(caller);
        }

        (await postgres.CountAsync("select count(*) from association where calling_ae = $1", caller)).ShouldBe(1 + open);
        (await CallerLink.ReadAsync(postgres.Get<CallerStore>(), Stop)).Single(link => link.Row.Who.Title == caller).Day.Associations.ShouldBe(1 + open);
    }

    [Fact]
    public async Task A_caller_that_only_looks_is_none_of_those_that_are_watched()
    {
        using var folder = new TemporaryFolder();
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), s_allowed))
            (await ExternalTool.RunAsync("echoscu", "-aet", "TRIAGE-DOCTOR", "127.0.0.1", $"{intake.Port}")).Expect();

        (await CallerLink.ReadAsync(postgres.Get<CallerStore>(), Stop)).ShouldNotContain(link => link.Row.Who.Title == "TRIAGE-DOCTOR");
    }

    [Fact]
    public async Task Those_that_ask_are_told_to_come_back_when_their_places_are_taken_and_images_still_come_in()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 84);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), [.. s_allowed, ("Intake:Query:MaxAssociations", "1"), ("Intake:MaxAssociations", "2")]);
        var call = intake.Call("VIEWER") with { Contexts = AssociationRequest.For(Find) };

        await using (await DicomAssociation.RequestAsync(call, Stop))
        {
            (await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(call, Stop))).IsRetryWorthwhile.ShouldBeTrue();
            (await intake.PushAsync(study.Files, Stop)).ShouldAllBe(status => status.IsSuccess);
        }

        await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 1);
        await intake.Log.LineAsync("which could bring no images, ended");
        await using var again = await DicomAssociation.RequestAsync(call, Stop);
        await again.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task A_spool_without_room_can_be_asked_and_a_C_ECHO_says_that_it_takes_nothing()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), [.. s_allowed, ("Spool:MinimumFreeBytes", $"{long.MaxValue}")]);

        await using var asking = await DicomAssociation.RequestAsync(intake.Call() with { Contexts = AssociationRequest.For(Find) }, Stop);
        (await asking.FindAsync(Find, new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY").Set(DicomTag.StudyInstanceUID, "1.2.3"), Stop).CountAsync(Stop)).ShouldBe(0);
        (await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(intake.Call(), Stop))).IsRetryWorthwhile.ShouldBeTrue();
    }
}
