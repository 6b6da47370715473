using System.Text.Json;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.Web.Tests.DicomWeb;

/// <summary>Clients of others: Orthanc's DICOMweb plugin, curl and pydicom.</summary>
public sealed class PeerTests(WebServer server) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Plugin = "/usr/share/orthanc/plugins/libOrthancDicomWeb.so", Python = "/usr/bin/python3"; // Debian's own, which has Debian's python3-pydicom

    private const string ReadParts =
        """
        import email, io, sys, pydicom
        head, body = open(sys.argv[1], 'rb').read(), open(sys.argv[2], 'rb').read()
        kind = [line for line in head.decode().splitlines() if line.lower().startswith('content-type')][-1]
        parts = [pydicom.dcmread(io.BytesIO(part.get_payload(decode=True))) for part in email.message_from_bytes(kind.encode() + b'\r\nMIME-Version: 1.0\r\n\r\n' + body).get_payload()]
        for part in sorted(parts, key=lambda part: part.InstanceNumber):
            print(part.file_meta.TransferSyntaxUID, part.PatientName, part.InstanceNumber, int.from_bytes(part.PixelData[:2], 'little'), len(part.PixelData))
        """;

    private const string ReadMetadata =
        """
        import sys, urllib.request, json, pydicom
        def fetch(tag, vr, uri):
            return urllib.request.urlopen(urllib.request.Request(uri, headers={'Accept': 'application/octet-stream'})).read()
        for one in json.load(open(sys.argv[1])):
            part = pydicom.Dataset.from_json(one, bulk_data_uri_handler=fetch)
            print(part.PatientName, part.InstanceNumber, part.Rows, len(part.PixelData))
        """;

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await new SpooledImages(server).SpoolAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task Orthanc_finds_a_study_and_retrieves_it_whole()
    {
        Assert.SkipUnless(File.Exists(Plugin), "Orthanc's DICOMweb plugin is not here: install orthanc-dicomweb.");
        await using var orthanc = new OrthancFixture
        {
            Options = new Dictionary<string, object>
            {
                ["Plugins"] = new[] { Plugin },
                ["DicomWeb"] = new Dictionary<string, object> { ["Enable"] = true, ["Servers"] = new Dictionary<string, object> { ["triage"] = new[] { $"{server.Address}/dicom-web/" } } },
            },
        };
        await orthanc.InitializeAsync();

        var studies = await orthanc.PostAsync("dicom-web/servers/triage/qido", new { Uri = "/studies", Arguments = new Dictionary<string, string> { ["PatientID"] = "P77", ["00080020"] = "20250301" } });
        var series = await orthanc.PostAsync("dicom-web/servers/triage/qido", new { Uri = $"/studies/{SpooledImages.Study}/series", Arguments = new Dictionary<string, string>() });
        await orthanc.PostAsync("dicom-web/servers/triage/retrieve", new { Resources = new[] { new { SpooledImages.Study, Series = SpooledImages.Ct } } });
        await orthanc.PostAsync("dicom-web/servers/triage/retrieve", new
        {
            Resources = new[] { new { SpooledImages.Study } },
            HttpHeaders = new Dictionary<string, string> { ["Accept"] = "multipart/related; type=application/dicom; transfer-syntax=*" },
        });

        studies.EnumerateArray().Select(study => study.GetProperty("0020000D").GetProperty("Value").GetString()).ShouldContain(SpooledImages.Study);
        series.GetArrayLength().ShouldBe(3);
        var files = (await orthanc.FilesAsync(SpooledImages.Study)).Select(bytes => DicomFile.Parse(bytes)).ToList();
        files.Count.ShouldBe(SpooledImages.Slices + 2);
        files.Count(file => file.Dataset.GetString(DicomTag.SeriesInstanceUID) == SpooledImages.Ct).ShouldBe(SpooledImages.Slices);
        files.Single(file => file.TransferSyntax.IsEncapsulated).TransferSyntax.Uid.ShouldBe(DicomUid.JPEGLSLossless);
    }

    [Fact]
    public async Task Curl_fetches_a_series_that_pydicom_reads()
    {
        using var folder = new TemporaryFolder();
        (await ExternalTool.RunAsync("curl", "-sS", "--fail-with-body", "-D", folder.At("head"), "-o", folder.At("body"), "-H", "Accept: multipart/related; type=\"application/dicom\"",
            $"{server.Address}/dicom-web/studies/{SpooledImages.Study}/series/{SpooledImages.Ct}")).Expect();

        var lines = (await ExternalTool.RunAsync(Python, "-c", ReadParts, folder.At("head"), folder.At("body"))).Expect().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.ShouldBe(Enumerable.Range(1, SpooledImages.Slices).Select(slice => $"1.2.840.10008.1.2.1 Öberg^Åsa {slice} {slice} {SpooledImages.Side * SpooledImages.Side * 2}"));
    }

    [Fact]
    public async Task Pydicom_reads_the_metadata_and_fetches_the_pixels_by_their_addresses()
    {
        using var folder = new TemporaryFolder();
        (await ExternalTool.RunAsync("curl", "-sS", "--compressed", "--fail-with-body", "-o", folder.At("metadata.json"), "-H", "Accept: application/dicom+json",
            $"{server.Address}/dicom-web/studies/{SpooledImages.Study}/series/{SpooledImages.Ct}/metadata")).Expect();

        var lines = (await ExternalTool.RunAsync(Python, "-c", ReadMetadata, folder.At("metadata.json"))).Expect().Output.Split('\n', StringSplitOptions.RemoveEmptyEntries);
        lines.Order().ShouldBe(Enumerable.Range(1, SpooledImages.Slices).Select(slice => $"Öberg^Åsa {slice} {SpooledImages.Side} {SpooledImages.Side * SpooledImages.Side * 2}"));
    }

    [Fact]
    public async Task Curl_sees_refusals_in_words_and_what_the_service_can_do()
    {
        var refused = await ExternalTool.RunAsync("curl", "-sS", "-i", $"{server.Address}/dicom-web/studies?PatientNam=x");
        var capabilities = await ExternalTool.RunAsync("curl", "-sS", "-X", "OPTIONS", "-H", "Accept: application/json", $"{server.Address}/dicom-web");

        refused.Output.ShouldContain("application/problem+json");
        refused.Output.ShouldContain("PatientNam is no attribute");
        using var json = JsonDocument.Parse(capabilities.Output);
        json.RootElement.GetProperty("resources").EnumerateArray().Select(resource => resource.GetProperty("transaction").GetString()).ShouldContain("Search Studies");
    }

    [Fact]
    public async Task What_is_no_longer_in_the_spool_is_gone()
    {
        await new SpooledImages(server).LoseAsync($"{SpooledImages.Other}.1.1");
        using var response = await server.Client.GetAsync(new Uri($"/dicom-web/studies/{SpooledImages.Other}", UriKind.Relative), Stop);

        response.StatusCode.ShouldBe(System.Net.HttpStatusCode.Gone);
    }
}
