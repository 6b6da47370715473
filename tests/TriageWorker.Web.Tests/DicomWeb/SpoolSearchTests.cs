using System.Net;
using System.Text.Json;

namespace TriageWorker.Web.Tests.DicomWeb;

/// <summary>What rows do not hold comes from files, within one study and never beyond.</summary>
public sealed class SpoolSearchTests(WebServer server) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Study = $"studies/{SpooledImages.Study}", Series = $"{Study}/series/{SpooledImages.Ct}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await new SpooledImages(server).SpoolAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Theory]
    [InlineData($"{Study}/series?SeriesNumber=2", "0020000E", SpooledImages.Ct)]
    [InlineData($"{Study}/series?BodyPartExamined=ABD*", "0020000E", $"{SpooledImages.Ct} {SpooledImages.Compressed}")]
    [InlineData($"{Study}/series?BodyPartExamined=ABD*&limit=1&offset=1", "0020000E", SpooledImages.Compressed)]
    [InlineData($"{Study}/series?SeriesNumber=9", "0020000E", "")]
    [InlineData($"{Series}/instances?InstanceNumber=4", "00080018", $"{SpooledImages.Ct}.4")]
    [InlineData($"{Study}/instances?Rows=64&Modality=CT&limit=2", "00080018", $"{SpooledImages.Ct}.1 {SpooledImages.Ct}.2")]
    [InlineData($"studies?StudyInstanceUID={SpooledImages.Study}&ReferringPhysicianName=house*", "0020000D", SpooledImages.Study)]
    [InlineData($"studies?StudyInstanceUID={SpooledImages.Study}&StudyID=S2", "0020000D", "")]
    [InlineData("studies?ReferringPhysicianName=house*", "0020000D", $"{SpooledImages.Other} {SpooledImages.Study}")]
    [InlineData("studies?StudyID=S1", "0020000D", $"{SpooledImages.Other} {SpooledImages.Study}")]
    [InlineData("studies?StudyID=S*", "0020000D", $"{SpooledImages.Other} {SpooledImages.Study}")]
    [InlineData("series?SeriesNumber=002", "0020000E", SpooledImages.Ct)]
    [InlineData("instances?InstanceNumber=4", "00080018", $"{SpooledImages.Ct}.4")]
    [InlineData($"series?Modality=CT", "0020000E", $"{SpooledImages.Ct} {SpooledImages.Compressed}")]
    [InlineData($"instances?SOPInstanceUID={SpooledImages.Ct}.3", "00080018", $"{SpooledImages.Ct}.3")]
    public async Task Keys_of_rows_and_of_files_find_what_they_match(string search, string tag, string found)
    {
        using var list = await JsonAsync(search);

        string.Join(' ', list.RootElement.EnumerateArray().Select(one => one.GetProperty(tag).GetProperty("Value")[0].GetString())).ShouldBe(found);
    }

    [Theory]
    [InlineData("studies?PatientAge=060Y", "within one study only")]
    [InlineData("series?BodyPartExamined=ABDOMEN", "within one study only")]
    [InlineData("instances?Rows=64", "within one study only")]
    [InlineData("studies?Modality=CT", "not searched by on the level of study")]
    [InlineData($"{Study}/series?InstanceNumber=1", "not searched by on the level of series")]
    public async Task A_key_that_would_read_every_file_is_refused_in_words(string search, string says)
    {
        using var response = await server.Client.GetAsync(new Uri("/dicom-web/" + search, UriKind.Relative), Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.BadRequest);
        (await response.Content.ReadAsStringAsync(Stop)).ShouldContain(says);
    }

    [Fact]
    public async Task An_instance_is_described_as_the_standard_wants()
    {
        using var list = await JsonAsync($"{Series}/instances?InstanceNumber=2");
        var instance = list.RootElement.EnumerateArray().ShouldHaveSingleItem();

        foreach (var (tag, value) in new[] { ("00200013", 2), ("00280010", 64), ("00280011", 64), ("00280100", 16) }) instance.GetProperty(tag).GetProperty("Value")[0].GetInt32().ShouldBe(value);
        instance.GetProperty("00080016").GetProperty("Value")[0].GetString().ShouldBe("1.2.840.10008.5.1.4.1.1.2");
        instance.GetProperty("00080056").GetProperty("Value")[0].GetString().ShouldBe("ONLINE");
        instance.TryGetProperty("00185100", out _).ShouldBeFalse("nobody asked");
        instance.TryGetProperty("00281052", out _).ShouldBeFalse("nobody asked");
    }

    [Fact]
    public async Task All_fields_are_those_of_the_level()
    {
        using var instances = await JsonAsync($"{Series}/instances?includefield=all&limit=1");
        using var series = await JsonAsync($"{Study}/series?includefield=all&SeriesNumber=2");
        using var study = await JsonAsync($"studies?includefield=all&StudyInstanceUID={SpooledImages.Study}");

        instances.RootElement[0].TryGetProperty("00281052", out _).ShouldBeTrue();
        instances.RootElement[0].TryGetProperty("7FE00010", out _).ShouldBeFalse();
        series.RootElement[0].TryGetProperty("00180015", out _).ShouldBeTrue();
        series.RootElement[0].TryGetProperty("00281052", out _).ShouldBeFalse("it is each image's own");
        study.RootElement[0].GetProperty("00080090").GetProperty("Value")[0].GetProperty("Alphabetic").GetString().ShouldBe("House^Gregory");
        study.RootElement[0].TryGetProperty("00180015", out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_search_over_all_studies_says_what_the_standard_wants_of_each_level()
    {
        using var study = await JsonAsync("studies?PatientID=P77");
        using var series = await JsonAsync($"series?SeriesInstanceUID={SpooledImages.Ct}");
        using var instance = await JsonAsync($"instances?SOPInstanceUID={SpooledImages.Ct}.3");

        study.RootElement[0].GetProperty("00080090").GetProperty("Value")[0].GetProperty("Alphabetic").GetString().ShouldBe("House^Gregory");
        study.RootElement[0].GetProperty("00200010").GetProperty("Value")[0].GetString().ShouldBe("S1");
        series.RootElement[0].GetProperty("00200011").GetProperty("Value")[0].GetInt32().ShouldBe(2);
        instance.RootElement[0].GetProperty("00200013").GetProperty("Value")[0].GetInt32().ShouldBe(3);
    }

    [Theory]
    [InlineData("studies?includefield=all", true)]
    [InlineData("studies?includefield=PatientAge", true)]
    [InlineData("studies?includefield=StudyID", false)]
    [InlineData("studies?includefield=all&PatientID=nobody", false)]
    [InlineData($"studies?includefield=all&StudyInstanceUID={SpooledImages.Study}", false)]
    [InlineData($"{Series}/instances?includefield=all", false)]
    public async Task A_field_that_is_asked_for_and_not_given_is_told(string search, bool isTold)
    {
        using var response = await server.Client.GetAsync(new Uri("/dicom-web/" + search, UriKind.Relative), Stop);

        response.StatusCode.ShouldBe(HttpStatusCode.OK);
        (response.Headers.TryGetValues("Warning", out var warnings) && warnings.Any(warning => warning.Contains("Not all attributes that were asked for are given", StringComparison.Ordinal))).ShouldBe(isTold);
    }

    [Fact]
    public async Task A_file_that_is_not_kept_here_is_told_where_all_of_its_fields_are_asked_for()
    {
        await new SpooledImages(server).WithoutFileAsync($"{SpooledImages.Ct}.4", async () =>
        {
            using var gone = await server.Client.GetAsync(new Uri($"/dicom-web/{Series}/instances?includefield=all&SOPInstanceUID={SpooledImages.Ct}.4", UriKind.Relative), Stop);
            using var kept = await server.Client.GetAsync(new Uri($"/dicom-web/{Series}/instances?includefield=all&SOPInstanceUID={SpooledImages.Ct}.3", UriKind.Relative), Stop);

            gone.Headers.GetValues("Warning").ShouldHaveSingleItem().ShouldContain("are not kept here");
            kept.Headers.Contains("Warning").ShouldBeFalse();
        });
    }

    private async Task<JsonDocument> JsonAsync(string search)
    {
        using var response = await server.Client.GetAsync(new Uri("/dicom-web/" + search, UriKind.Relative), Stop);
        response.StatusCode.ShouldBe(HttpStatusCode.OK, await response.Content.ReadAsStringAsync(Stop));
        return JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
    }
}
