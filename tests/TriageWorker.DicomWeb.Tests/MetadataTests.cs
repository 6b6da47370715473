using System.IO.Compression;
using System.Net;
using System.Text.Json;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Json;

namespace TriageWorker.DicomWeb.Tests;

[Collection<MemoryCollection>]
public sealed class MetadataTests(ImageServer server) : IClassFixture<ImageServer>
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task All_attributes_come_as_JSON_and_long_values_by_an_address_that_gives_them()
    {
        using var response = await GetAsync($"{ImageServer.Address(ImageServer.Frames)}/metadata");
        var datasets = new List<DicomDataset>();
        await foreach (var one in DicomDataset.ReadJsonAsync(await response.Content.ReadAsStreamAsync(Stop), stop: Stop)) datasets.Add(one);
        var dataset = datasets.ShouldHaveSingleItem();

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/dicom+json");
        dataset.GetString(DicomTag.PatientName).ShouldBe("Öberg^Åsa");
        dataset.GetInt32(DicomTag.Rows).ShouldBe(4);
        dataset.TryGet(DicomTag.PixelData, out var pixels).ShouldBeTrue();
        pixels!.BulkDataUri.ShouldBeNull("a short value goes inline");
        dataset.GetSequence(DicomTag.WaveformSequence)[1].TryGet(DicomTag.WaveformData, out var waveform);
        foreach (var (element, expected) in new[] { (waveform!, ImageServer.Pixels(50)), (dataset.Single(one => one.Tag == DicomTag.RedPaletteColorLookupTableData), new byte[2000]) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, element.BulkDataUri.ShouldNotBeNull());
            request.Headers.TryAddWithoutValidation("Accept", "application/octet-stream");
            using var value = await server.Client.SendAsync(request, Stop);
            (await value.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(expected);
        }
    }

    [Fact]
    public async Task Compressed_pixel_data_goes_by_reference_and_every_instance_has_addresses_of_its_own()
    {
        using var response = await GetAsync($"studies/{ImageServer.Study}/metadata");
        var pixels = new List<string>();
        using var json = await JsonDocument.ParseAsync(await response.Content.ReadAsStreamAsync(Stop), cancellationToken: Stop);
        foreach (var dataset in json.RootElement.EnumerateArray())
            if (dataset.TryGetProperty("7FE00010", out var element) && element.TryGetProperty("BulkDataURI", out var address))
                pixels.Add(new Uri(address.GetString()!).AbsolutePath);

        json.RootElement.GetArrayLength().ShouldBe(1006);
        pixels.ShouldContain($"/dicom-web/{ImageServer.Address(ImageServer.JpegLs)}/bulkdata/7FE00010");
        pixels.Count.ShouldBe(1001);
        pixels.Distinct().Count().ShouldBe(1001);
    }

    [Fact]
    public async Task It_comes_in_gzip_when_the_client_takes_that()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"studies/{ImageServer.Study}/series/{ImageServer.Many}/metadata");
        request.Headers.TryAddWithoutValidation("Accept-Encoding", "br, gzip;q=0.5");
        using var response = await server.Client.SendAsync(request, Stop);
        var packed = await response.Content.ReadAsByteArrayAsync(Stop);
        await using var unpacked = new GZipStream(new MemoryStream(packed), CompressionMode.Decompress);
        using var json = await JsonDocument.ParseAsync(unpacked, cancellationToken: Stop);

        response.Content.Headers.ContentEncoding.ShouldBe(["gzip"]);
        json.RootElement.GetArrayLength().ShouldBe(1000);
        packed.Length.ShouldBeLessThan(json.RootElement.GetRawText().Length / 5);
    }

    [Fact]
    public async Task A_file_that_fails_on_the_way_ends_the_connection_and_never_looks_whole()
    {
        var lost = server.PathOf(700);
        var kept = await File.ReadAllBytesAsync(lost, Stop);
        await File.WriteAllBytesAsync(lost, kept[..200], Stop);
        try
        {
            foreach (var encoding in new[] { "identity", "gzip" })
            {
                using var request = new HttpRequestMessage(HttpMethod.Get, $"studies/{ImageServer.Study}/series/{ImageServer.Many}/metadata");
                request.Headers.TryAddWithoutValidation("Accept-Encoding", encoding);
                using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);
                await Should.ThrowAsync<Exception>(async () => await response.Content.ReadAsByteArrayAsync(Stop), encoding);
            }
        }
        finally
        {
            await File.WriteAllBytesAsync(lost, kept, Stop);
        }
    }

    [Theory]
    [InlineData("multipart/related; type=\"application/dicom+xml\"", HttpStatusCode.NotAcceptable)]
    [InlineData("application/dicom+xml, application/json;q=0.1", HttpStatusCode.OK)]
    [InlineData("application/*", HttpStatusCode.OK)]
    [InlineData("image/png", HttpStatusCode.NotAcceptable)]
    public async Task It_is_written_as_JSON_only(string accept, HttpStatusCode status)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ImageServer.Address(ImageServer.Frames)}/metadata");
        request.Headers.TryAddWithoutValidation("Accept", accept);
        using var response = await server.Client.SendAsync(request, Stop);

        response.StatusCode.ShouldBe(status);
    }

    [Fact]
    public async Task A_thousand_headers_are_answered_without_their_pixels_in_memory()
    {
        using var warm = await GetAsync($"studies/{ImageServer.Study}/series/{ImageServer.Many}/metadata");
        GC.Collect();
        var before = GC.GetTotalMemory(forceFullCollection: true);
        using var response = await server.Client.GetAsync(new Uri($"studies/{ImageServer.Study}/series/{ImageServer.Many}/metadata", UriKind.Relative), HttpCompletionOption.ResponseHeadersRead, Stop);
        await using var body = await response.Content.ReadAsStreamAsync(Stop);
        var first = new byte[1];
        await body.ReadExactlyAsync(first, Stop); // the rest waits for its reader

        (GC.GetTotalMemory(forceFullCollection: true) - before).ShouldBeLessThan(4 << 20);
        first[0].ShouldBe((byte)'[');
    }

    private Task<HttpResponseMessage> GetAsync(string address) => server.Client.GetAsync(new Uri(address, UriKind.Relative), Stop);
}
