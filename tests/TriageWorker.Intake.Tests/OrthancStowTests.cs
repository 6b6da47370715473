using System.Net.Http.Json;
using System.Text.Json;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>Orthanc's DICOMweb client stores here. Its boundaries are longer than RFC 2046 allows, and its body has no length.</summary>
public sealed class OrthancStowTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so"; // Debian: orthanc-dicomweb

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task A_study_that_Orthanc_stores_is_here_whole()
    {
        await using var orthanc = new OrthancFixture
        {
            Options = new Dictionary<string, object> { ["Plugins"] = (string[])[Plugin], ["DicomWeb"] = new Dictionary<string, object> { ["Enable"] = true, ["Root"] = "/dicom-web/" } },
        };
        await orthanc.InitializeAsync();
        using var folder = new TemporaryFolder();
        using var http = new HttpClient();
        var study = SomeFiles.Write(folder.At("study"), seed: 112);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"));
        var resource = "";
        foreach (var file in study.Files)
        {
            using var content = new ByteArrayContent(await File.ReadAllBytesAsync(file, Stop));
            using var uploaded = await http.PostAsync(orthanc.At("instances"), content, Stop);
            resource = (await uploaded.Content.ReadFromJsonAsync<JsonElement>(Stop)).GetProperty("ParentStudy").GetString()!;
        }

        using (var server = new StringContent(JsonSerializer.Serialize(new { Url = intake.DicomWeb })))
        using (var known = await http.PutAsync(orthanc.At("dicom-web/servers/triage"), server, Stop)) known.EnsureSuccessStatusCode();
        await orthanc.PostAsync("dicom-web/servers/triage/stow", new { Resources = (string[])[resource], Synchronous = true });

        var rows = await postgres.InstancesAsync(study.StudyInstanceUid, 4);
        rows.Select(row => row.Sop.Value).ShouldBe(study.Files.Select(file => Part10Head.Read(file).SopInstanceUid), ignoreOrder: true);
        await postgres.AssociationsEndedAsync(study.StudyInstanceUid, 1);
    }
}
