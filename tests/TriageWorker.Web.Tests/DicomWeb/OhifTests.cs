using System.Net;
using System.Text.Json;
using Microsoft.AspNetCore.WebUtilities;

namespace TriageWorker.Web.Tests.DicomWeb;

/// <summary>What the OHIF viewer's DICOMweb data source asks for, as it asks, and what it reads of the answers.</summary>
public sealed class OhifTests(WebServer server) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Json = "application/dicom+json", Series = $"/dicom-web/studies/{SpooledImages.Study}/series/{SpooledImages.Ct}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await new SpooledImages(server).SpoolAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData("")]
    [InlineData("&PatientName=*%C3%85sa*")]
    [InlineData("&00100020=*77*&AccessionNumber=*A7*&StudyDescription=*Abdomen*")]
    [InlineData("&ModalitiesInStudy=CT%2CMR&StudyDate=20250101-20250331")]
    [InlineData("&StudyInstanceUID=" + SpooledImages.Study)]
    [InlineData("&StudyInstanceUID=" + SpooledImages.Study + "%5C1.2.3")]
    public async Task The_study_list_finds_the_study_and_what_a_row_shows(string filter)
    {
        using var list = await JsonAsync($"/dicom-web/studies?limit=101&offset=0&fuzzymatching=false&includefield=00081030%2C00080060%2C00080090%2C00100030{filter}");

        var study = list.RootElement.EnumerateArray().Single(one => Value(one, "0020000D").GetString() == SpooledImages.Study);
        Value(study, "00080020").GetString().ShouldBe("20250301");
        Value(study, "00080030").GetString().ShouldBe("093015");
        Value(study, "00080050").GetString().ShouldBe("A77");
        Value(study, "00100020").GetString().ShouldBe("P77");
        Value(study, "00100010").GetProperty("Alphabetic").GetString().ShouldBe("Öberg^Åsa");
        Value(study, "00100030").GetString().ShouldBe("19610203");
        Value(study, "00201208").GetInt32().ShouldBe(7);
        Value(study, "00081030").GetString().ShouldBe("CT Abdomen");
        study.GetProperty("00080061").GetProperty("Value").EnumerateArray().Select(value => value.GetString()).ShouldBe(["CT", "SR"]);
    }

    [Fact]
    public async Task The_series_of_a_study_come_with_number_date_and_description()
    {
        using var list = await JsonAsync($"/dicom-web/studies/{SpooledImages.Study}/series?includefield=0008103E%2C00080021");

        var series = list.RootElement.EnumerateArray().Single(one => Value(one, "0020000E").GetString() == SpooledImages.Ct);
        list.RootElement.GetArrayLength().ShouldBe(3);
        Value(series, "00080060").GetString().ShouldBe("CT");
        Value(series, "00200011").GetInt32().ShouldBe(2);
        Value(series, "00080021").GetString().ShouldBe("20250301");
        Value(series, "00201209").GetInt32().ShouldBe(5);
        Value(series, "0008103E").GetString().ShouldBe("series 2");
        new Uri(Value(series, "00081190").GetString()!).AbsolutePath.ShouldBe(Series);
    }

    [Fact]
    public async Task The_metadata_of_a_series_has_what_a_volume_needs_and_leads_to_its_pixels()
    {
        using var list = await JsonAsync($"{Series}/metadata");

        list.RootElement.GetArrayLength().ShouldBe(SpooledImages.Slices);
        foreach (var instance in list.RootElement.EnumerateArray())
        {
            instance.GetProperty("00200032").GetProperty("Value").GetArrayLength().ShouldBe(3);
            Value(instance, "00280010").GetInt32().ShouldBe(SpooledImages.Side);
            Value(instance, "00281052").GetDouble().ShouldBe(-1024);
            using var request = new HttpRequestMessage(HttpMethod.Get, instance.GetProperty("7FE00010").GetProperty("BulkDataURI").GetString());
            request.Headers.TryAddWithoutValidation("Accept", "multipart/related; type=\"application/octet-stream\"");
            using var bulk = await server.Client.SendAsync(request, Stop);
            (await PartAsync(bulk)).Bytes.ShouldBe(Bytes(Value(instance, "00200013").GetInt32()));
        }
    }

    [Theory]
    [InlineData("multipart/related; type=application/octet-stream; transfer-syntax=*")]
    [InlineData("multipart/related; type=application/octet-stream")]
    [InlineData("multipart/related; type=\"application/octet-stream\"; transfer-syntax=*, multipart/related; type=\"image/jls\"; transfer-syntax=1.2.840.10008.1.2.4.80")]
    public async Task The_image_loader_gets_frame_one(string accept)
    {
        using var frame = await AskAsync($"{SpooledImages.Address(SpooledImages.Ct, 4)}/frames/1", accept);
        using var packed = await AskAsync($"{SpooledImages.Address(SpooledImages.Compressed)}/frames/1", "multipart/related; type=application/octet-stream; transfer-syntax=*");

        var (type, bytes) = await PartAsync(frame);
        type.ShouldBe("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.1");
        bytes.ShouldBe(Bytes(4));
        (await PartAsync(packed)).Type.ShouldBe("application/octet-stream; transfer-syntax=1.2.840.10008.1.2.4.80"); // what the loader chooses its decoder by
    }

    [Theory]
    [InlineData("/rendered", "image/jpeg")]
    [InlineData("/thumbnail?accept=image/jpeg", "*/*")]
    [InlineData("/thumbnail", "image/jpeg")]
    public async Task Thumbnails_are_pictures(string what, string accept)
    {
        using var picture = await AskAsync(SpooledImages.Address(SpooledImages.Ct) + what, accept);

        picture.StatusCode.ShouldBe(HttpStatusCode.OK);
        picture.Content.Headers.ContentType!.MediaType.ShouldBe("image/jpeg");
        (await picture.Content.ReadAsByteArrayAsync(Stop))[..2].ShouldBe([0xFF, 0xD8]);
    }

    private static JsonElement Value(JsonElement dataset, string tag) => dataset.GetProperty(tag).GetProperty("Value")[0];

    private static byte[] Bytes(int slice)
    {
        var bytes = new byte[SpooledImages.Side * SpooledImages.Side * 2];
        Buffer.BlockCopy(SpooledImages.Pixels(slice), 0, bytes, 0, bytes.Length);
        return bytes;
    }

    private static async Task<(string Type, byte[] Bytes)> PartAsync(HttpResponseMessage response)
    {
        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        var boundary = response.Content.Headers.ContentType!.Parameters.Single(parameter => parameter.Name == "boundary").Value!;
        var part = await new MultipartReader(boundary, await response.Content.ReadAsStreamAsync(Stop)).ReadNextSectionAsync(Stop);
        using var bytes = new MemoryStream();
        await part!.Body.CopyToAsync(bytes, Stop);
        return (part.ContentType!, bytes.ToArray());
    }

    private async Task<JsonDocument> JsonAsync(string address)
    {
        using var response = await AskAsync(address, Json);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Stop));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
    }

    private async Task<HttpResponseMessage> AskAsync(string address, string accept)
    {
        using var request = new HttpRequestMessage(HttpMethod.Get, address);
        request.Headers.TryAddWithoutValidation("Accept", accept);
        return await server.Client.SendAsync(request, Stop);
    }
}
