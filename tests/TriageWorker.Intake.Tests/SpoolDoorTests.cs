using System.Net;
using System.Security.Cryptography.X509Certificates;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>The door at which other hosts read this host's spool.</summary>
public sealed class SpoolDoorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private const string Secret = "what-both-hosts-have";
    private readonly FilledSpool _filled = new(postgres);
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _hospital = new("Hospital");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    public void Dispose()
    {
        _hospital.Dispose();
        _folder.Dispose();
        _filled.Dispose();
    }

    [Fact]
    public async Task Who_knows_the_secret_gets_each_object_as_it_was_received()
    {
        var study = await _filled.ArriveAsync();
        await using var app = await OpenAsync(new() { Port = 0, Secret = Secret });
        using var http = Client(app);

        var got = new List<byte[]>();
        await foreach (var part in new DicomWebClient(http, Door(app), TimeSpan.FromMinutes(1), TimeProvider.System).RetrieveAsync(Image(study, 2), stop: Stop))
        {
            using var whole = new MemoryStream();
            await part.Content.CopyToAsync(whole, Stop);
            got.Add(whole.ToArray());
        }

        got.ShouldHaveSingleItem().ShouldBe(await File.ReadAllBytesAsync(_filled.PathOf(study, 2), Stop));
    }

    [Theory]
    [InlineData(null, true, HttpStatusCode.Unauthorized)]
    [InlineData("what-both-hosts-hav", true, HttpStatusCode.Unauthorized)]
    [InlineData(Secret, false, HttpStatusCode.MisdirectedRequest)]
    public async Task Others_get_nothing_and_are_told_by_the_node_why(string? secret, bool isNode, HttpStatusCode status)
    {
        var study = await _filled.ArriveAsync();
        await using var app = await OpenAsync(new() { Port = 0, Secret = Secret });
        using var http = Client(app, secret, isNode ? _filled.Spool.Id : Guid.NewGuid());
        using var answer = await http.GetAsync(new Uri(Door(app), Address(study, 1)), Stop);
        answer.StatusCode.ShouldBe(status);
        answer.Headers.GetValues(NodeHeaders.Node).ShouldBe([$"{_filled.Spool.Id}"]);
        (await answer.Content.ReadAsStringAsync(Stop)).ShouldNotContain(Secret);
    }

    [Fact]
    public async Task A_file_that_was_removed_is_gone_and_an_object_that_never_came_is_not_found()
    {
        var study = await _filled.ArriveAsync();
        File.Delete(_filled.PathOf(study, 1));
        await using var app = await OpenAsync(new() { Port = 0 });
        using var http = Client(app);
        (await StatusAsync(http, new Uri(Door(app), Address(study, 1)))).ShouldBe(HttpStatusCode.Gone);
        (await StatusAsync(http, new Uri(Door(app), Address(study, 9)))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task Pages_are_not_found_at_the_door_and_objects_nowhere_else()
    {
        var study = await _filled.ArriveAsync();
        await using var app = await OpenAsync(new() { Port = 0 });
        using var http = Client(app);
        var page = new Uri(app.Urls.Single(url => new Uri(url).Port != Door(app).Port));
        (await StatusAsync(http, new Uri(page, "worklist"))).ShouldBe(HttpStatusCode.OK);
        (await StatusAsync(http, new Uri(Door(app), "worklist"))).ShouldBe(HttpStatusCode.NotFound);
        (await StatusAsync(http, new Uri(page, Address(study, 1)))).ShouldBe(HttpStatusCode.NotFound);
    }

    [Fact]
    public async Task With_a_certificate_TLS_is_spoken_and_nothing_else_and_a_renewed_one_is_taken_by_itself()
    {
        var study = await _filled.ArriveAsync();
        using var own = _hospital.Issue("first");
        var (key, certificate) = CertificateAuthority.Write(own, _folder.At("door"));
        await using var app = await OpenAsync(new() { Port = 0, Certificate = certificate, Key = key });
        Door(app).Scheme.ShouldBe("https");
        (await ShownAsync(app, study)).ShouldBe("CN=first");
        using var http = Client(app);
        await Should.ThrowAsync<HttpRequestException>(http.GetAsync(new Uri($"http://{Door(app).Authority}/{Address(study, 1)}"), Stop));
        await Should.ThrowAsync<HttpRequestException>(http.GetAsync(new Uri(Door(app), Address(study, 1)), Stop), "nobody whom the system trusts signed it");

        using var renewed = _hospital.Issue("second");
        var (newKey, newCertificate) = CertificateAuthority.Write(renewed, _folder.At("renewed"));
        File.Copy(newCertificate, certificate, overwrite: true);
        (await ShownAsync(app, study)).ShouldBe("CN=first", "half of a renewal changes nothing");
        File.Copy(newKey, key, overwrite: true);
        (await ShownAsync(app, study)).ShouldBe("CN=second");
    }

    [Fact]
    public void Faults_in_the_settings_are_said_with_their_keys()
    {
        var context = new System.ComponentModel.DataAnnotations.ValidationContext(new object());
        string[] Faults(SpoolSharing sharing) => [.. sharing.Validate(context).Select(fault => $"{fault.MemberNames.Single()}: {fault.ErrorMessage}")];
        Faults(new() { Port = 8443 }).ShouldBeEmpty();
        Faults(new() { Port = 8443, Address = "10.0.0.1" }).ShouldHaveSingleItem().ShouldStartWith("Secret: 10.0.0.1 can be reached from the network");
        Faults(new() { Port = 8443, Address = "0.0.0.0", Secret = Secret }).ShouldHaveSingleItem().ShouldStartWith("Url: 0.0.0.0 is no address that other hosts could use");
        Faults(new() { Certificate = _folder.At("none.pem") }).ShouldHaveSingleItem().ShouldStartWith($"Certificate: {_folder.At("none.pem")} cannot be used");
        using var one = _hospital.Issue("one");
        using var other = _hospital.Issue("other");
        Faults(new() { Certificate = CertificateAuthority.Write(one, _folder.At("one")).Certificate, Key = CertificateAuthority.Write(other, _folder.At("other")).Key })
            .ShouldHaveSingleItem().ShouldStartWith("Certificate: ");
        Faults(new() { CertificateAuthorityFile = _folder.At("none.pem") }).ShouldHaveSingleItem().ShouldStartWith($"CertificateAuthorityFile: {_folder.At("none.pem")} cannot be used");
        Faults(new() { Certificate = "x", Url = new Uri("http://host/") }).ShouldContain(fault => fault.StartsWith("Url: http://host/ must be https://", StringComparison.Ordinal));
    }

    private async Task<WebApplication> OpenAsync(SpoolSharing sharing)
    {
        var builder = WebApplication.CreateSlimBuilder();
        builder.Logging.ClearProviders();
        builder.WebHost.UseKestrelHttpsConfiguration().ConfigureKestrel(kestrel => kestrel.Listen(IPAddress.Loopback, 0)); // where the pages are
        builder.Services.AddSingleton(Options.Create(_filled.Options with { Sharing = sharing })).AddSingleton(_filled.Spool).AddSingleton(postgres.Get<StudyStore>());
        builder.Services.AddSingleton<DoorCertificate>().AddSingleton<SpoolDoor>();
        builder.Services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => provider.GetRequiredService<SpoolDoor>());
        var app = builder.Build();
        SpoolDoor.Use(app);
        app.MapGet("/worklist", () => "a page");
        await app.StartAsync(Stop);
        return app;
    }

    private static Uri Door(WebApplication app) => app.Services.GetRequiredService<SpoolDoor>().Url.ShouldNotBeNull();

    private HttpClient Client(WebApplication app, string? secret = Secret, Guid? node = null, X509Certificate2Collection? trusted = null, Action<string>? shown = null)
    {
        var tls = DicomTls.ClientOptions("", trusted);
        if (shown is not null)
            tls.RemoteCertificateValidationCallback = (_, certificate, _, errors) =>
            {
                shown(certificate!.Subject);
                return errors == System.Net.Security.SslPolicyErrors.None;
            };
        var http = new HttpClient(new SocketsHttpHandler { SslOptions = tls }) { BaseAddress = Door(app) };
        http.DefaultRequestHeaders.Add(NodeHeaders.Node, $"{node ?? _filled.Spool.Id}");
        if (secret is not null) http.DefaultRequestHeaders.Add(NodeHeaders.Secret, secret);
        http.DefaultRequestHeaders.Add("Accept", "multipart/related; type=\"application/dicom\"; transfer-syntax=*");
        return http;
    }

    private async Task<string> ShownAsync(WebApplication app, StudyUid study)
    {
        var shown = "";
        using var http = Client(app, trusted: _hospital.Trusted, shown: subject => shown = subject);
        (await StatusAsync(http, new Uri(Door(app), Address(study, 1)))).ShouldBe(HttpStatusCode.OK);
        return shown;
    }

    private static async Task<HttpStatusCode> StatusAsync(HttpClient http, Uri address)
    {
        using var answer = await http.GetAsync(address, Stop);
        return answer.StatusCode;
    }

    private static RetrieveTarget Image(StudyUid study, int number) => new(study.Value, SomeStudies.SeriesOf(study).Value, $"{study}.1.{number}");

    private static string Address(StudyUid study, int number) => $"studies/{study}/series/{SomeStudies.SeriesOf(study)}/instances/{study}.1.{number}";
}
