using System.Net;
using System.Text.Json;

namespace TriageWorker.Web.Tests.DicomWeb;

/// <summary>Rendered resources, looked at by a real browser.</summary>
public sealed class PictureTests(WebServer server, Chromium chromium) : IClassFixture<WebServer>, IAsyncLifetime
{
    private const string Series = $"/dicom-web/studies/{SpooledImages.Study}/series/{SpooledImages.Ct}";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public async ValueTask InitializeAsync() => await new SpooledImages(server).SpoolAsync();

    public ValueTask DisposeAsync() => ValueTask.CompletedTask;

    [Fact]
    public async Task A_browser_sees_the_tissue_in_its_window()
    {
        var page = await chromium.OpenAsync(server.Address);
        var slice = SpooledImages.Address(SpooledImages.Ct);
        async Task<Seen> SeeAsync(string address, int x = 10, int y = 30) => await page.EvaluateAsync<Seen>(
            """
            async ([address, x, y]) => {
              const answer = await fetch(address);
              const picture = await createImageBitmap(await answer.blob());
              const canvas = new OffscreenCanvas(picture.width, picture.height);
              const context = canvas.getContext('2d');
              context.drawImage(picture, 0, 0);
              return { width: picture.width, height: picture.height, grey: context.getImageData(x, y, 1, 1).data[1], type: answer.headers.get('content-type') };
            }
            """, new object[] { address, x, y });

        (await SeeAsync($"{slice}/rendered?accept=image/png")).ShouldBe(new Seen(64, 64, 128, "image/png")); // 40 HU in the middle of soft tissue
        (await SeeAsync($"{slice}/rendered?accept=image/png", x: 50)).Grey.ShouldBe(0); // air
        (await SeeAsync($"{slice}/rendered?accept=image/png&window=-1000,400,linear", x: 50)).Grey.ShouldBeInRange(100, 130);
        (await SeeAsync($"{slice}/rendered?accept=image/png&window=240,400,linear-exact")).Grey.ShouldBe(0);
        (await SeeAsync($"{slice}/frames/1/rendered?accept=image/png")).Grey.ShouldBe(128);
        var jpeg = await SeeAsync($"{slice}/rendered");
        (jpeg.Width, jpeg.Height, jpeg.Type).ShouldBe((64, 64, "image/jpeg"));
        jpeg.Grey.ShouldBeInRange(125, 131);
        (await SeeAsync($"{slice}/rendered?viewport=32,100", x: 5, y: 10)) .ShouldBe(jpeg with { Width = 32, Height = 32 });
        (await SeeAsync($"{slice}/rendered?accept=image/png&viewport=64,64,0,0,-64,64")).Grey.ShouldBe(0); // flipped: air is left
        (await SeeAsync($"{slice}/rendered?accept=image/png&viewport=32,64,32,0,32,64")).ShouldBe(new Seen(32, 64, 0, "image/png"));
        (await SeeAsync($"{slice}/thumbnail")) .ShouldBe(jpeg with { Width = 128, Height = 128 });
    }

    [Fact]
    public async Task A_series_and_a_study_are_shown_by_their_middle_slice()
    {
        var middle = await BytesAsync(SpooledImages.Address(SpooledImages.Ct, 2) + "/rendered?accept=image/png");

        (await BytesAsync($"{Series}/rendered?accept=image/png")).ShouldBe(middle);
        (await BytesAsync($"/dicom-web/studies/{SpooledImages.Study}/rendered?accept=image/png")).ShouldBe(middle);
        (await BytesAsync(SpooledImages.Address(SpooledImages.Ct, 3) + "/rendered?accept=image/png&window=-1022,4,linear")).ShouldNotBe(
            await BytesAsync(SpooledImages.Address(SpooledImages.Ct, 2) + "/rendered?accept=image/png&window=-1022,4,linear"), "slices can be told apart");
    }

    [Theory]
    [InlineData(SpooledImages.Compressed, "/rendered", HttpStatusCode.NotAcceptable, "JPEG-LS compressed, which is not decoded on this machine: triage-codecs")]
    [InlineData(SpooledImages.Report, "/rendered", HttpStatusCode.NotAcceptable, "image size is not given")]
    [InlineData(SpooledImages.Ct, "/frames/2/rendered", HttpStatusCode.NotFound, "no frame 2")]
    [InlineData(SpooledImages.Ct, "/frames/1,2/rendered", HttpStatusCode.BadRequest, "One frame")]
    [InlineData(SpooledImages.Ct, "/rendered?accept=image/gif", HttpStatusCode.NotAcceptable, "image/png")]
    [InlineData(SpooledImages.Ct, "/rendered?window=40,0,linear", HttpStatusCode.BadRequest, "window=40,400,linear")]
    [InlineData(SpooledImages.Ct, "/rendered?window=40,400,cubic", HttpStatusCode.BadRequest, "sigmoid")]
    [InlineData(SpooledImages.Ct, "/rendered?viewport=0,10", HttpStatusCode.BadRequest, "viewport")]
    [InlineData(SpooledImages.Ct, "/rendered?viewport=10,10,64,0,1,1", HttpStatusCode.NotAcceptable, "no part")]
    [InlineData(SpooledImages.Ct, "/rendered?viewport=99999,10", HttpStatusCode.BadRequest, "4096")]
    [InlineData(SpooledImages.Ct, "/rendered?quality=101", HttpStatusCode.BadRequest, "1 to 100")]
    public async Task What_cannot_be_shown_is_refused_in_words(string series, string what, HttpStatusCode status, string says)
    {
        using var response = await server.Client.GetAsync(new Uri(SpooledImages.Address(series) + what, UriKind.Relative), Stop);

        response.StatusCode.ShouldBe(status);
        using var problem = JsonDocument.Parse(await response.Content.ReadAsStringAsync(Stop));
        problem.RootElement.GetProperty("detail").GetString()!.ShouldContain(says);
    }

    [Fact]
    public async Task Quality_is_heeded_and_what_is_not_done_is_said()
    {
        var address = SpooledImages.Address(SpooledImages.Ct) + "/rendered?window=-500,3000,linear";
        using var annotated = await server.Client.GetAsync(new Uri(address + "&annotation=patient", UriKind.Relative), Stop);

        (await BytesAsync(address + "&quality=1")).Length.ShouldBeLessThan((await BytesAsync(address + "&quality=100")).Length);
        annotated.StatusCode.ShouldBe(HttpStatusCode.OK);
        annotated.Headers.GetValues("Warning").ShouldHaveSingleItem().ShouldContain("annotation");
    }

    private Task<byte[]> BytesAsync(string address) => server.Client.GetByteArrayAsync(new Uri(address, UriKind.Relative), Stop);

    public sealed record Seen(int Width, int Height, int Grey, string Type)
    {
        public Seen() : this(0, 0, 0, "")
        {
        }
    }
}
