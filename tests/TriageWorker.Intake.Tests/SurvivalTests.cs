using Npgsql;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

public sealed class SurvivalTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task While_the_database_is_away_images_are_kept_and_when_it_returns_they_get_their_rows()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 11);
        var direct = new NpgsqlConnectionStringBuilder(postgres.ConnectionString);
        await using var gate = new Gate(direct.Port);
        var throughGate = new NpgsqlConnectionStringBuilder(postgres.ConnectionString) { Host = "127.0.0.1", Port = gate.Port };
        await using var intake = await RunningIntake.StartAsync(throughGate.ConnectionString, folder.At("spool"));
        (await intake.PushAsync(study.Files.Take(1), Stop)).ShouldBe([DimseStatus.Success]);
        await postgres.InstancesAsync(study.StudyInstanceUid, 1);

        gate.Shut();
        (await intake.PushAsync(study.Files.Skip(1), Stop)).ShouldAllBe(status => status.IsSuccess);
        await intake.Log.LineAsync("Received files wait for their rows");
        gate.Open();
        (await postgres.InstancesAsync(study.StudyInstanceUid, 4)).Count.ShouldBe(4);
        await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 2);
    }

    [Fact]
    public async Task A_database_that_has_forgotten_an_open_association_is_told_of_it_again_and_no_image_is_set_aside()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 13, slices: 2);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        await using var association = await DicomAssociation.RequestAsync(intake.Call("CT13") with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop);
        (await association.StoreAsync(study.Files[0], Stop)).ShouldBe(DimseStatus.Success);
        await postgres.InstancesAsync(study.StudyInstanceUid, 1);

        await postgres.ExecuteAsync("delete from instance where study_uid = $1", study.StudyInstanceUid); // as a backup of before
        await postgres.ExecuteAsync("delete from association where calling_ae = 'CT13'");
        (await association.StoreAsync(study.Files[1], Stop)).ShouldBe(DimseStatus.Success);

        // The look through the spool that follows a start may find the first image's file and bring its row back too.
        await Rows.UntilAsync(async _ => await postgres.CountAsync("select count(*) from instance where sop_uid = $1", Part10Head.Read(study.Files[1]).SopInstanceUid) == 1);
        Directory.GetFiles(folder.At("spool", "quarantine")).ShouldBeEmpty();
    }

    [Fact]
    public async Task A_listener_that_is_killed_in_the_middle_of_a_push_loses_no_image_it_acknowledged()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 12, slices: 40);
        var acknowledged = new List<string>();
        using (var listener = await ListenerProcess.StartAsync(postgres.ConnectionString, folder.At("spool")))
        {
            await using var association = await DicomAssociation.RequestAsync(listener.Call(study.Files), Stop);
            var error = await Should.ThrowAsync<DicomNetworkException>(async () =>
            {
                foreach (var file in study.Files)
                {
                    (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
                    acknowledged.Add(Part10Head.Read(file).SopInstanceUid);
                    if (acknowledged.Count == 25) listener.Kill();
                }
            });
            error.IsRetryWorthwhile.ShouldBeTrue();
        }

        acknowledged.Count.ShouldBe(25);
        await using var next = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var rows = await postgres.InstancesAsync(study.StudyInstanceUid, acknowledged.Count);
        acknowledged.ShouldBeSubsetOf(rows.Select(row => row.Sop.Value));
        foreach (var row in rows)
        {
            var sent = study.Files.Single(file => Part10Head.Read(file).SopInstanceUid == row.Sop.Value);
            SomeFiles.DataSet(folder.At("spool", row.Path)).AsSpan().SequenceEqual(SomeFiles.DataSet(sent)).ShouldBeTrue();
        }
    }
}
