using Microsoft.AspNetCore.Http;
using TriageWorker.Dicom;
using TriageWorker.Testing;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>What only our own server, or one that a test scripts, is asked for: bulk data, thumbnails, windows.</summary>
public sealed class OwnServerTests(ImageServer server) : IClassFixture<ImageServer>
{
    private static readonly RetrieveTarget s_instance = new(ImageServer.Study, ImageServer.Frames, $"{ImageServer.Frames}.1");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Values_that_metadata_refers_to_are_fetched_from_where_it_says()
    {
        var client = Client(server.Client.BaseAddress!);
        var sets = new List<DicomDataset>();
        await foreach (var set in client.MetadataAsync(s_instance, Stop)) sets.Add(set);
        sets.ShouldHaveSingleItem().GetSequence(DicomTag.WaveformSequence)[1].TryGet(DicomTag.WaveformData, out var waveform);

        (await ReadAsync(client.BulkDataAsync(waveform!.BulkDataUri!, Stop))).ShouldHaveSingleItem().ShouldBe(ImageServer.Pixels(50));
        (await ReadAsync(client.BulkDataAsync(new Uri($"{ImageServer.Address(ImageServer.JpegLs)}/bulkdata/7FE00010", UriKind.Relative), Stop))).Count.ShouldBe(2, "a part for each compressed frame");
    }

    [Fact]
    public async Task Values_at_another_server_are_not_asked_for_with_this_ones_credentials()
    {
        var client = Client(server.Client.BaseAddress!);
        var refused = await Should.ThrowAsync<DicomWebException>(() => ReadAsync(client.BulkDataAsync(new Uri("https://elsewhere.example/7FE00010"), Stop)));
        refused.Fault.ShouldBe(DicomWebFault.Malformed);
        refused.Message.ShouldContain("https://elsewhere.example, and it is not asked for there");
    }

    [Fact]
    public async Task How_a_picture_is_drawn_stands_in_its_address()
    {
        var asked = new List<string>();
        await using var web = await AnsweringWeb.StartAsync(async http =>
        {
            asked.Add($"{http.Request.Path}{http.Request.QueryString} {http.Request.Headers.Accept}");
            http.Response.ContentType = "image/png";
            await http.Response.Body.WriteAsync(new byte[] { 1, 2, 3 }, http.RequestAborted);
        });
        var client = Client(web.Address);

        (await client.RenderedAsync(new("1.2", "1.2.3"), "image/png", new(40, 400.5, WindowFunction.LinearExact), new(256, 128), stop: Stop)).ShouldBe([1, 2, 3]);
        await client.RenderedAsync(new("1.2"), "image/jpeg", viewport: new(256, 128, 10, 20, -30, 40), stop: Stop);
        await client.ThumbnailAsync(new("1.2"), stop: Stop);

        asked.ShouldBe(
        [
            "/studies/1.2/series/1.2.3/rendered?window=40,400.5,linear-exact&viewport=256,128 image/png",
            "/studies/1.2/rendered?viewport=256,128,10,20,-30,40 image/jpeg",
            "/studies/1.2/thumbnail image/*",
        ]);
    }

    [Fact]
    public async Task The_service_says_what_it_can_do() =>
        System.Text.Encoding.UTF8.GetString(await Client(server.Client.BaseAddress!).CapabilitiesAsync(stop: Stop)).ShouldContain("studies");

    private DicomWebClient Client(Uri service) => new(server.Client, service, TimeSpan.FromMinutes(1), TimeProvider.System);

    private static async Task<List<byte[]>> ReadAsync(IAsyncEnumerable<RetrievedPart> parts)
    {
        var read = new List<byte[]>();
        await foreach (var part in parts) read.Add(await ClientTests.ReadAsync(part));
        return read;
    }
}
