using System.IO.Pipelines;
using System.Net;
using System.Net.Http.Headers;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;
using TriageWorker.Dicom;

namespace TriageWorker.DicomWeb.Tests;

public sealed class WadoTests(WadoServer server) : IClassFixture<WadoServer>
{
    private const string OneInstance = $"studies/{WadoServer.Study}/series/{WadoServer.Series}/instances/1.2.3.1.2";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory]
    [InlineData($"studies/{WadoServer.Study}")]
    [InlineData($"studies/{WadoServer.Study}/series/{WadoServer.Series}")]
    public async Task All_instances_come_as_parts_byte_for_byte_and_in_order(string address)
    {
        using var response = await GetAsync(address, "multipart/related; type=\"application/dicom\"");

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        response.Content.Headers.ContentType!.Parameters.Single(parameter => parameter.Name == "type").Value.ShouldBe("\"application/dicom\"");
        var parts = await PartsAsync(response);
        parts.Select(part => part.Bytes).ShouldBe([server.Content(WadoServer.Series, "1.2.3.1.1"), server.Content(WadoServer.Series, "1.2.3.1.2")]);
        parts.ShouldAllBe(part => part.Type == $"application/dicom; transfer-syntax={WadoServer.ExplicitLittleEndian}");
    }

    [Theory]
    [InlineData("")] // nothing said
    [InlineData("*/*")]
    [InlineData("multipart/*")]
    [InlineData("multipart/related")]
    [InlineData("image/jpeg, multipart/related; type=application/dicom; transfer-syntax=*")]
    [InlineData("text/html,application/xhtml+xml,*/*;q=0.8")]
    [InlineData("application/dicom; q=0.1, */*")]
    public async Task One_instance_comes_as_one_part_when_multipart_is_wanted(string accept)
    {
        using var response = await GetAsync(OneInstance, accept);

        (await PartsAsync(response)).ShouldHaveSingleItem().Bytes.ShouldBe(server.Content(WadoServer.Series, "1.2.3.1.2"));
    }

    [Theory]
    [InlineData("application/dicom")]
    [InlineData("application/dicom; transfer-syntax=1.2.840.10008.1.2.1")]
    [InlineData("*/*; q=0.5, APPLICATION/DICOM; transfer-syntax=\"*\"")]
    public async Task One_instance_comes_as_a_file_when_a_file_is_wanted(string accept)
    {
        using var response = await GetAsync(OneInstance, accept);

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/dicom");
        response.Content.Headers.ContentDisposition!.FileName.ShouldBe("1.2.3.1.2.dcm");
        (await response.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(server.Content(WadoServer.Series, "1.2.3.1.2"));
    }

    [Fact]
    public async Task A_link_in_a_page_asks_by_query_parameter_whatever_the_browser_accepts()
    {
        using var response = await GetAsync($"{OneInstance}?accept=application%2Fdicom", "text/html,*/*;q=0.8");

        response.Content.Headers.ContentType!.MediaType.ShouldBe("application/dicom");
    }

    [Fact]
    public async Task What_is_stored_compressed_comes_as_stored_when_the_client_takes_that()
    {
        using var response = await GetAsync($"studies/{WadoServer.Study}/series/{WadoServer.Compressed}", $"multipart/related; type=\"application/dicom\"; transfer-syntax={WadoServer.JpegLossless}");

        (await PartsAsync(response)).ShouldHaveSingleItem().Type.ShouldBe($"application/dicom; transfer-syntax={WadoServer.JpegLossless}");
    }

    [Fact]
    public async Task What_needs_no_codec_comes_in_the_default_syntax_when_none_is_named()
    {
        using var response = await GetAsync($"studies/{WadoServer.Study}/series/{WadoServer.Implicit}", "multipart/related; type=\"application/dicom\"");

        var parts = await PartsAsync(response);
        parts.Count.ShouldBe(2);
        foreach (var (type, bytes) in parts)
        {
            type.ShouldBe($"application/dicom; transfer-syntax={WadoServer.ExplicitLittleEndian}");
            var file = DicomFile.Read(new MemoryStream(bytes));
            file.TransferSyntax.ShouldBe(TransferSyntax.ExplicitVRLittleEndian);
            file.Dataset.GetString(DicomTag.PatientName).ShouldBe("DOE^JANE");
            file.Dataset.GetBytes(DicomTag.PixelData).Length.ShouldBe(100_000);
        }
    }

    [Fact]
    public async Task An_instance_that_fails_after_others_were_sent_ends_the_connection()
    {
        var path = server.PathOf(WadoServer.Implicit, $"{WadoServer.Implicit}.22");
        var kept = await File.ReadAllBytesAsync(path, Stop);
        await File.WriteAllBytesAsync(path, kept[..400], Stop); // its meta is whole, its data set is not
        try
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, $"studies/{WadoServer.Study}/series/{WadoServer.Implicit}");
            using var response = await server.Client.SendAsync(request, HttpCompletionOption.ResponseHeadersRead, Stop);

            response.StatusCode.ShouldBe(HttpStatusCode.OK);
            await Should.ThrowAsync<Exception>(async () => await response.Content.ReadAsByteArrayAsync(Stop));
        }
        finally
        {
            await File.WriteAllBytesAsync(path, kept, Stop);
        }
    }

    [Fact]
    public async Task A_file_that_became_shorter_is_never_sent_as_if_it_were_whole()
    {
        var pipe = new Pipe();
        var path = server.PathOf(WadoServer.Series, "1.2.3.1.1");

        await Should.ThrowAsync<EndOfStreamException>(() => new ByteRun(path, 99_990, 11).CopyToAsync(pipe.Writer, Stop));
    }

    [Fact]
    public async Task What_is_wanted_as_stored_comes_as_stored()
    {
        using var response = await GetAsync($"studies/{WadoServer.Study}/series/{WadoServer.Implicit}/instances/{WadoServer.Implicit}.17", "application/dicom; transfer-syntax=*");

        response.Content.Headers.ContentType!.ToString().ShouldEndWith("1.2.840.10008.1.2");
        (await response.Content.ReadAsByteArrayAsync(Stop)).ShouldBe(server.Content(WadoServer.Implicit, $"{WadoServer.Implicit}.17"));
    }

    [Theory]
    [InlineData($"studies/{WadoServer.Study}/series/{WadoServer.Compressed}", "", WadoServer.JpegLossless)] // means Explicit VR Little Endian
    [InlineData(OneInstance, "application/dicom; transfer-syntax=1.2.840.10008.1.2.4.90", WadoServer.ExplicitLittleEndian)]
    [InlineData(OneInstance, "application/json", WadoServer.ExplicitLittleEndian)]
    [InlineData(OneInstance, "multipart/related; type=\"image/jpeg\"", WadoServer.ExplicitLittleEndian)]
    [InlineData(OneInstance, "*/*; q=0", WadoServer.ExplicitLittleEndian)]
    [InlineData($"studies/{WadoServer.Study}", "application/dicom", "2 instances")] // two do not fit into one file
    public async Task What_cannot_be_given_is_refused_with_what_can(string address, string accept, string says)
    {
        using var response = await GetAsync(address, accept);

        response.StatusCode.ShouldBe(HttpStatusCode.NotAcceptable);
        (await DetailAsync(response)).ShouldContain(says);
    }

    [Theory]
    [InlineData("studies/9.9.9")]
    [InlineData($"studies/{WadoServer.Study}/series/9.9.9")]
    [InlineData($"studies/{WadoServer.Study}/series/{WadoServer.Series}/instances/9.9.9")]
    public async Task What_is_not_stored_is_not_found(string address)
    {
        using var response = await GetAsync(address, "");

        response.StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await DetailAsync(response)).ShouldNotBeNullOrEmpty();
    }

    [Fact]
    public async Task What_is_no_longer_kept_is_gone_and_says_how_much_of_it()
    {
        using var response = await GetAsync($"studies/{WadoServer.Study}/series/{WadoServer.Gone}", "");

        response.StatusCode.ShouldBe(HttpStatusCode.Gone);
        (await DetailAsync(response)).ShouldContain("Of the 1 instances of this address, the files of 1 are no longer kept");
    }

    [Fact]
    public async Task What_the_client_has_is_not_sent_again_unless_it_is_wanted_in_another_form()
    {
        using var first = await GetAsync(OneInstance, "application/dicom");
        var tag = first.Headers.ETag.ShouldNotBeNull();
        async Task<HttpStatusCode> AgainAsync(string accept, string known)
        {
            using var request = new HttpRequestMessage(HttpMethod.Get, OneInstance);
            request.Headers.TryAddWithoutValidation("Accept", accept);
            request.Headers.TryAddWithoutValidation("If-None-Match", known);
            using var response = await server.Client.SendAsync(request, Stop);
            return response.StatusCode;
        }

        (await AgainAsync("application/dicom", $"\"other\", {tag}")).ShouldBe(HttpStatusCode.NotModified);
        (await AgainAsync("application/dicom", "*")).ShouldBe(HttpStatusCode.NotModified);
        (await AgainAsync("application/dicom", "\"other\"")).ShouldBe(HttpStatusCode.OK);
        (await AgainAsync("application/dicom; transfer-syntax=*", tag.ToString())).ShouldBe(HttpStatusCode.OK);
    }

    [Fact]
    public async Task What_is_wanted_deflated_and_takes_no_codec_comes_deflated()
    {
        using var response = await GetAsync($"studies/{WadoServer.Study}/series/{WadoServer.Implicit}", "multipart/related; type=\"application/dicom\"; transfer-syntax=1.2.840.10008.1.2.1.99");

        foreach (var (_, bytes) in await PartsAsync(response)) DicomFile.Read(new MemoryStream(bytes)).TransferSyntax.ShouldBe(TransferSyntax.DeflatedExplicitVRLittleEndian);
    }

    [Theory]
    [InlineData("studies/abc")]
    [InlineData("studies/1..2")]
    [InlineData("studies/1.2.")]
    [InlineData("studies/1.2.3/series/..%2F..%2Fetc")]
    [InlineData("studies/1.2.3/series/1.2.3.1/instances/12345678901234567890123456789012345678901234567890123456789012345")]
    public async Task What_is_no_uid_is_a_bad_request(string address)
    {
        using var response = await GetAsync(address, "");

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
    }

    private async Task<HttpResponseMessage> GetAsync(string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        if (accept.Length > 0) request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Client.SendAsync(request, Stop);
    }

    private static async Task<List<(string Type, byte[] Bytes)>> PartsAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var type = response.Content.Headers.ContentType.ShouldBeOfType<MediaTypeHeaderValue>();
        type.MediaType.ShouldBe("multipart/related");
        var reader = new MultipartReader(type.Parameters.Single(parameter => parameter.Name == "boundary").Value!, await response.Content.ReadAsStreamAsync(Stop));
        var parts = new List<(string, byte[])>();
        while (await reader.ReadNextSectionAsync(Stop) is { } part)
        {
            using var bytes = new MemoryStream();
            await part.Body.CopyToAsync(bytes, Stop);
            part.Headers!["Content-Length"].ToString().ShouldBe($"{bytes.Length}");
            parts.Add((part.ContentType!, bytes.ToArray()));
        }

        return parts;
    }

    private static async Task<string> DetailAsync(HttpResponseMessage response) =>
        JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop)).RootElement.GetProperty("detail").GetString()!;
}
