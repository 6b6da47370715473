using System.Net;
using System.Net.Http.Headers;

namespace TriageWorker.DicomWeb.Tests;

/// <summary>Frames and bulk data.</summary>
public sealed class PixelTests(ImageServer server) : IClassFixture<ImageServer>
{
    private const string Octets = "multipart/related; type=\"application/octet-stream\"", Explicit = "1.2.840.10008.1.2.1", Jls = "1.2.840.10008.1.2.4.80";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData(ImageServer.Frames, 3)]
    [InlineData(ImageServer.BigEndian, 2)]
    [InlineData(ImageServer.Deflated, 1)]
    public async Task Uncompressed_frames_come_little_endian_however_they_are_stored(string series, int frames)
    {
        var list = string.Join(',', Enumerable.Range(1, frames).Reverse());
        using var response = await GetAsync($"{ImageServer.Address(series)}/frames/{list}", Octets);

        var parts = await Parts.OfAsync(response, Stop);
        parts.Select(part => part.Bytes).ShouldBe(Enumerable.Range(1, frames).Reverse().Select(frame => ImageServer.Pixels(frames)[((frame - 1) * ImageServer.FrameBytes)..(frame * ImageServer.FrameBytes)]));
        parts.ShouldAllBe(part => part.Type == $"application/octet-stream; transfer-syntax={Explicit}");
    }

    [Theory]
    [InlineData("multipart/related; type=\"image/jls\"", "image/jls")]
    [InlineData($"multipart/related; type=image/jls; transfer-syntax={Jls}", "image/jls")]
    [InlineData("*/*", "image/jls")]
    [InlineData("multipart/related; type=\"image/x-jls\"", "image/jls")]
    [InlineData("", "image/jls")]
    [InlineData("multipart/related; type=\"image/*\"; transfer-syntax=*", "image/jls")]
    [InlineData("multipart/related; type=application/octet-stream; transfer-syntax=*", "application/octet-stream")] // what viewers ask for
    [InlineData("multipart/related; type=\"image/jp2\", multipart/related; type=\"image/jls\"; q=0.1", "image/jls")]
    public async Task Compressed_frames_come_as_they_are_stored_and_put_together(string accept, string type)
    {
        using var response = await GetAsync($"{ImageServer.Address(ImageServer.JpegLs)}/frames/1,2", accept);

        var parts = await Parts.OfAsync(response, Stop);
        parts.Select(part => part.Bytes).ShouldBe([[.. ImageServer.Fragments[0], .. ImageServer.Fragments[1]], ImageServer.Fragments[2]]);
        parts.ShouldAllBe(part => part.Type == $"{type}; transfer-syntax={Jls}");
    }

    [Fact]
    public async Task One_frame_can_come_by_itself()
    {
        using var one = await GetAsync($"{ImageServer.Address(ImageServer.JpegLs)}/frames/2", "image/jls");
        using var two = await GetAsync($"{ImageServer.Address(ImageServer.JpegLs)}/frames/1,2", "image/jls");

        one.Content.Headers.ContentType!.MediaType.ShouldBe("image/jls");
        (await one.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(ImageServer.Fragments[2]);
        two.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
    }

    [Theory]
    [InlineData(ImageServer.JpegLs, "1", Octets, HttpStatusCode.NotAcceptable, Jls)] // no decoder is pretended
    [InlineData(ImageServer.JpegLs, "1", "multipart/related; type=\"image/jp2\"", HttpStatusCode.NotAcceptable, "image/jls")]
    [InlineData(ImageServer.Frames, "1", "multipart/related; type=\"image/jls\"", HttpStatusCode.NotAcceptable, "application/octet-stream")]
    [InlineData(ImageServer.Frames, "1", $"{Octets}; transfer-syntax=1.2.840.10008.1.2.2", HttpStatusCode.NotAcceptable, "uncompressed")]
    [InlineData(ImageServer.Frames, "4", Octets, HttpStatusCode.NotFound, "no frame 4")]
    [InlineData(ImageServer.Frames, "0", Octets, HttpStatusCode.BadRequest, "from 1")]
    [InlineData(ImageServer.Frames, "1,x", Octets, HttpStatusCode.BadRequest, "from 1")]
    [InlineData(ImageServer.Frames, "1,,2", Octets, HttpStatusCode.BadRequest, "from 1")]
    [InlineData(ImageServer.Document, "1", Octets, HttpStatusCode.NotFound, "no pixel data")]
    [InlineData(ImageServer.Cut, "1", Octets, HttpStatusCode.NotFound, "short")]
    public async Task What_cannot_be_given_is_refused_in_words(string series, string frames, string accept, HttpStatusCode status, string says)
    {
        using var response = await GetAsync($"{ImageServer.Address(series)}/frames/{frames}", accept);

        response.StatusCode.ShouldBe(status);
        response.Headers.ETag.ShouldBeNull("a refusal is no representation");
        (await response.Content.ReadAsStringAsync(Stop)).ShouldContain(says);
    }

    [Fact]
    public async Task A_frame_that_the_client_has_is_not_sent_again()
    {
        using var first = await GetAsync($"{ImageServer.Address(ImageServer.Frames)}/frames/1", Octets);
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ImageServer.Address(ImageServer.Frames)}/frames/1");
        request.Headers.TryAddWithoutValidation("Accept", Octets);
        request.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var second = await server.Client.SendAsync(request, Stop);
        using var other = new HttpRequestMessage(HttpMethod.Get, $"{ImageServer.Address(ImageServer.Frames)}/frames/2");
        other.Headers.TryAddWithoutValidation("Accept", Octets);
        other.Headers.IfNoneMatch.Add(first.Headers.ETag!);
        using var third = await server.Client.SendAsync(other, Stop);

        second.StatusCode.ShouldBe(HttpStatusCode.NotModified);
        third.StatusCode.ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task Bulk_data_of_an_item_is_found_at_its_address()
    {
        using var response = await GetAsync($"{ImageServer.Address(ImageServer.Frames)}/bulkdata/54000100/1/54001010", "application/octet-stream");
        using var parts = await GetAsync($"{ImageServer.Address(ImageServer.Frames)}/bulkdata/54000100/1/54001010", "*/*");

        (await response.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(ImageServer.Pixels(50));
        (await Parts.OfAsync(parts, Stop)).ShouldHaveSingleItem().Bytes.ShouldBe(ImageServer.Pixels(50));
    }

    [Theory]
    [InlineData("7FE00011")]
    [InlineData("54000100")] // a sequence
    [InlineData("54000100/2/54001010")]
    [InlineData("54000100/x/54001010")]
    [InlineData("54000100/0")]
    [InlineData("PixelData")]
    [InlineData("")]
    public async Task An_address_without_a_value_is_not_found(string place)
    {
        using var response = await GetAsync($"{ImageServer.Address(ImageServer.Frames)}/bulkdata/{place}", "*/*");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Compressed_bulk_data_comes_frame_by_frame()
    {
        using var response = await GetAsync($"{ImageServer.Address(ImageServer.JpegLs)}/bulkdata/7FE00010", "*/*");

        (await Parts.OfAsync(response, Stop)).Select(part => part.Bytes.Length).ShouldBe([8, 6]);
    }

    [Theory]
    [InlineData(ImageServer.Frames, 10L, 19L, 10, 10)]
    [InlineData(ImageServer.Frames, 140L, 1000L, 140, 4)]
    [InlineData(ImageServer.Frames, 140L, null, 140, 4)]
    [InlineData(ImageServer.Frames, null, 5L, 139, 5)]
    [InlineData(ImageServer.BigEndian, 10L, 19L, 10, 10)] // not as it lies in the file
    public async Task A_range_of_a_value_can_be_had(string series, long? from, long? to, int start, int length)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ImageServer.Address(series)}/bulkdata/7FE00010");
        request.Headers.TryAddWithoutValidation("Accept", "application/octet-stream");
        request.Headers.Range = new RangeHeaderValue(from, to);
        using var response = await server.Client.SendAsync(request, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.PartialContent);
        (await response.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(ImageServer.Pixels(3)[start..(start + length)]);
        response.Content.Headers.ContentRange!.From.ShouldBe(start);
    }

    [Fact]
    public async Task A_range_beyond_the_value_is_refused()
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, $"{ImageServer.Address(ImageServer.Frames)}/bulkdata/7FE00010");
        request.Headers.TryAddWithoutValidation("Accept", "application/octet-stream");
        request.Headers.Range = new RangeHeaderValue(144, null);
        using var response = await server.Client.SendAsync(request, Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.RequestedRangeNotSatisfiable);
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Client.SendAsync(request, Stop);
    }
}
