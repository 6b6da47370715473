using System.Globalization;
using Microsoft.AspNetCore.Http;
using Microsoft.AspNetCore.WebUtilities;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Delivery.Tests;

/// <summary>Documents that go by STOW-RS: to Orthanc, and to servers that answer as none can be told to.</summary>
public sealed class StowDestinationTests(DeliveryFixture fixture) : IClassFixture<DeliveryFixture>, IDisposable
{
    private const string DicomJson = "application/dicom+json";
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose() => _folder.Dispose();

    private Installation Sending(Uri url, params (string, string)[] more) =>
        fixture.Install([("Destinations:0:Name", "web"), ("Destinations:0:Kind", "Stow"), ("Destinations:0:Url", $"{url}"), .. more]);

    [Fact]
    public async Task A_report_arrives_in_Orthanc_over_DICOMweb_and_is_held_once_when_it_is_sent_twice()
    {
        await using var orthanc = new OrthancFixture { Options = new Dictionary<string, object> { ["Plugins"] = new[] { OrthancFixture.DicomWebPlugin } } };
        await orthanc.InitializeAsync();
        await using var installation = Sending(orthanc.DicomWeb);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();

        (await installation.DeliveriesAsync(study)).ShouldBe([("web", "sr", "delivered", null)]);
        (await installation.AuditAsync(study)).ShouldBe(["delivery.delivered"]);
        var first = (await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem();
        DicomFile.Read(new MemoryStream(first)).Dataset.GetString(DicomTag.SOPClassUID).ShouldBe(DicomUid.Comprehensive3DSRStorage);

        await installation.MakeDueAsync(study); // a crash between the answer and our commit looks like this
        await installation.DeliverAsync();
        (await orthanc.FilesAsync(study.Value)).ShouldHaveSingleItem().ShouldBe(first);
    }

    [Fact]
    public async Task Each_answer_to_the_request_has_the_consequence_that_the_statement_says()
    {
        var rows = ConformanceStatement.Table("3-6");
        rows.Count.ShouldBeGreaterThan(15);
        foreach (var row in rows)
        {
            var status = int.Parse(row["Answer"].TrimStart('`')[..3], CultureInfo.InvariantCulture);
            await using var web = row["Answer"].Contains("does not name", StringComparison.Ordinal) ? await AnsweringWeb.StartAsync(status, """{"00081199":{"vr":"SQ"}}""", DicomJson)
                : await AnsweringWeb.StartAsync(status, "words", "text/plain");
            var name = $"web-{rows.ToList().IndexOf(row)}";
            await using var installation = Sending(web.Address, ("Destinations:0:Name", name));
            var study = await installation.ScoredAsync();
            await installation.DeliverAsync();
            (await ConsequenceAsync(installation, study, name)).ShouldBe((row["Delivery"], row["Counts towards the breaker"]), row["Answer"]);
        }
    }

    [Theory]
    [InlineData(0x0111, "delivered"), InlineData(0xA700, "tried again"), InlineData(0x0122, "tried again, slowly"), InlineData(0xC000, "failed")]
    public async Task A_reason_for_one_document_means_what_the_same_status_of_C_STORE_means(int reason, string consequence)
    {
        await using var web = await AnsweringWeb.StartAsync(async http =>
        {
            (http.Response.StatusCode, http.Response.ContentType) = (StatusCodes.Status409Conflict, DicomJson);
            await http.Response.WriteAsync(Answer("00081198", await SentAsync(http), $$""","00081197":{"vr":"US","Value":[{{reason}}]}"""), http.RequestAborted);
        });
        await using var installation = Sending(web.Address);
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        (await ConsequenceAsync(installation, study, "web")).Delivery.ShouldBe(consequence);
    }

    [Fact]
    public async Task Credentials_are_read_anew_for_each_document_sent_over_trusted_TLS_only_and_told_to_nobody()
    {
        using var authority = new CertificateAuthority("the site's own");
        using var certificate = authority.Issue("localhost");
        await using var web = await AnsweringWeb.StartAsync(async http =>
        {
            http.Response.StatusCode = http.Request.Headers.Authorization == "Bearer the-second" ? StatusCodes.Status200OK : StatusCodes.Status401Unauthorized;
            if (http.Response.StatusCode != StatusCodes.Status200OK) return;
            http.Response.ContentType = DicomJson;
            await http.Response.WriteAsync(Answer("00081199", await SentAsync(http)), http.RequestAborted);
        }, certificate);
        await File.WriteAllTextAsync(_folder.At("token"), "Bearer the-first\n", Stop);

        await using var distrustful = Sending(web.Address, ("Destinations:0:AuthorizationFile", _folder.At("token")));
        var study = await distrustful.ScoredAsync();
        await distrustful.DeliverAsync();
        (await distrustful.WorkAsync(study)).ShouldHaveSingleItem().LastError!.ShouldContain("does not agree on TLS");

        await using var installation = Sending(web.Address,
            ("Destinations:0:AuthorizationFile", _folder.At("token")), ("Destinations:0:CertificateAuthorityFile", authority.Write(_folder.At("ca.pem"))));
        await installation.MakeDueAsync(study);
        await installation.DeliverAsync();
        (await installation.WorkAsync(study)).ShouldHaveSingleItem().LastError!.ShouldContain("it answered 401 Unauthorized.");

        await File.WriteAllTextAsync(_folder.At("token"), "Bearer the-second\n", Stop);
        await installation.MakeDueAsync(study);
        await installation.DeliverAsync();
        (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().State.ShouldBe("delivered");

        distrustful.Log.Concat(installation.Log).ShouldAllBe(line => !line.Text.Contains("the-first", StringComparison.Ordinal) && !line.Text.Contains("the-second", StringComparison.Ordinal));
    }

    [Theory]
    [InlineData("Destinations:0:AuthorizationFile", "/nowhere/token")]
    [InlineData("Destinations:0:AuthorizationVariable", "TRIAGE_TEST_NEVER_SET")]
    [InlineData("Destinations:0:CertificateAuthorityFile", "/nowhere/ca.pem")]
    public async Task What_the_settings_name_and_is_not_there_is_said_with_its_place(string key, string value)
    {
        await using var installation = Sending(new Uri($"https://127.0.0.1:{Loopback.FreePort()}/"), (key, value));
        var study = await installation.ScoredAsync();
        await installation.DeliverAsync();
        (await installation.WorkAsync(study)).ShouldHaveSingleItem().LastError!.ShouldContain(value);
        (await ConsequenceAsync(installation, study, "web")).ShouldBe(("tried again, slowly", "yes"));
    }

    [Fact]
    public async Task Faults_in_the_settings_are_all_said_with_their_keys()
    {
        await using var installation = fixture.Install(
            ("Destinations:0:Name", "a"), ("Destinations:0:Kind", "Stow"),
            ("Destinations:1:Name", "b"), ("Destinations:1:Kind", "Stow"), ("Destinations:1:Url", "http://me:secret@pacs/dicom-web?x=1"),
            ("Destinations:1:AuthorizationFile", "f"), ("Destinations:1:AuthorizationVariable", "V"), ("Destinations:1:CertificateAuthorityFile", "c"),
            ("Destinations:2:Name", "c"), ("Destinations:2:Kind", "Stow"), ("Destinations:2:Url", "ftp://pacs/"));
        var routes = Should.Throw<OptionsValidationException>(() => installation.Get<IOptions<RouteOptions>>().Value).Message;
        foreach (var fault in new[]
        {
            "Destinations:0:Url: say the http or https address of a's DICOMweb service", "Destinations:1:Url: it holds credentials", "Destinations:1:Url: it ends before any ? or #",
            "Destinations:1:AuthorizationVariable: AuthorizationFile is set already", "Destinations:1:Url: credentials would go over the network in the open",
            "Destinations:1:CertificateAuthorityFile: it has no meaning for http", "Destinations:2:Url: say",
        })
            routes.ShouldContain(fault);
        routes.ShouldNotContain("secret");
    }

    /// <summary>What became of it, and whether it counts among the failures that open the breaker.</summary>
    private static async Task<(string Delivery, string Counts)> ConsequenceAsync(Installation installation, StudyUid study, string destination)
    {
        var state = (await installation.DeliveriesAsync(study)).ShouldHaveSingleItem().State;
        var waits = (await installation.WorkAsync(study)).ShouldHaveSingleItem().Waits;
        var lane = (await new LaneStore(installation.Get<Database>()).ListAsync(Stop)).FirstOrDefault(lane => lane.Name == destination);
        await installation.GiveUpAsync(study); // or the next case would meet it
        return (state != "due" ? state : waits > TimeSpan.FromMinutes(10) ? "tried again, slowly" : "tried again", lane is { Failures: > 0 } ? "yes" : "no");
    }

    /// <summary>The instance that the request holds.</summary>
    private static async Task<string> SentAsync(HttpContext http)
    {
        var boundary = Microsoft.Net.Http.Headers.MediaTypeHeaderValue.Parse(http.Request.ContentType).Boundary.Value!;
        var part = await new MultipartReader(boundary, http.Request.Body).ReadNextSectionAsync(http.RequestAborted);
        using var bytes = new MemoryStream();
        await part!.Body.CopyToAsync(bytes, http.RequestAborted);
        bytes.Position = 0;
        return DicomFile.Read(bytes).Dataset.GetString(DicomTag.SOPInstanceUID)!;
    }

    private static string Answer(string sequence, string uid, string more = "") =>
        $$$"""{"{{{sequence}}}":{"vr":"SQ","Value":[{"00081155":{"vr":"UI","Value":["{{{uid}}}"]}{{{more}}}}]}}""";
}
