using System.Globalization;
using System.Text.Json;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>Storage commitment with a real peer: Orthanc asks, and takes the answer at its own port.</summary>
public sealed class OrthancCommitmentTests(PostgresFixture postgres, OrthancFixture orthanc) : IClassFixture<PostgresFixture>, IClassFixture<OrthancFixture>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(true, "Success")]
    [InlineData(false, "Failure")]
    public async Task Orthanc_is_told_whether_its_images_are_committed_to(bool isArchive, string status)
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: isArchive ? 41 : 42);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Spool:Archive", $"{isArchive}"),
            ("Intake:Callers:0:AeTitle", OrthancFixture.Ae), ("Intake:Callers:0:ReportPort", orthanc.DicomPort.ToString(CultureInfo.InvariantCulture)));
        await orthanc.AddModalityAsync(OrthancFixture.CallingAe, intake.Port);
        await using (var association = await DicomAssociation.RequestAsync(intake.Call(OrthancFixture.Ae) with { Contexts = AssociationRequest.ForFiles(study.Files) }, Stop))
        {
            foreach (var file in study.Files) (await association.StoreAsync(file, Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        await postgres.InstancesAsync(study.StudyInstanceUid, 4);

        var asked = await orthanc.PostAsync($"modalities/{OrthancFixture.CallingAe}/storage-commitment", new
        {
            DicomInstances = study.Files.Select(Part10Head.Read).Select(head => new[] { head.SopClassUid, head.SopInstanceUid }),
        });
        var transaction = asked.GetProperty("ID").GetString()!;

        JsonElement report = default;
        await Rows.UntilAsync(async _ => (report = await orthanc.GetAsync($"storage-commitment/{transaction}")).GetProperty("Status").GetString() != "Pending");
        report.GetProperty("Status").GetString().ShouldBe(status, report.ToString());
        report.GetProperty(isArchive ? "Success" : "Failures").GetArrayLength().ShouldBe(4);
    }
}
