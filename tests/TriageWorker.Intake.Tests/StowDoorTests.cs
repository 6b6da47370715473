using System.Net;
using System.Security.Cryptography.X509Certificates;
using TriageWorker.Store;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Intake.Tests;

/// <summary>Who may store by STOW-RS, by which name of this machine, and how many at once.</summary>
public sealed class StowDoorTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>
{
    private const string Client = "DICOMweb client 127.0.0.1";

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Who_is_not_on_the_list_by_address_is_refused_and_who_is_is_treated_by_it()
    {
        using var folder = new TemporaryFolder();
        var study = SomeFiles.Write(folder.At("study"), seed: 107, slices: 1);
        var file = await File.ReadAllBytesAsync(study.Files[0], Stop);
        // A title alone is nothing that a web client could show.
        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("one"), ("Intake:Callers:0:AeTitle", "CT1"), ("Intake:Callers:1:Address", "192.0.2.0/24")))
        {
            using var answer = await intake.StowPostAsync("studies", file, "application/dicom");
            answer.StatusCode.ShouldBe(HttpStatusCode.Forbidden);
            (await intake.Log.LineAsync("is not allowed")).ShouldContain("it is known, but calls from another address than 192.0.2.0/24");
            await Rows.UntilAsync(async stop => (await postgres.Get<RefusedCallerStore>().NewestAsync(TimeSpan.FromDays(1), 10, stop)).Any(row => row.CallingAe == Client));
        }

        await using (var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("two"),
            ("Intake:Callers:0:AeTitle", "CT1"), ("Intake:Callers:0:Address", "127.0.0.0/8"), ("Intake:Callers:0:Order", "Stat")))
        {
            (await intake.StowAsync("studies", file, "application/dicom")).Status.ShouldBe(HttpStatusCode.OK);
            await postgres.InstancesAsync(study.StudyInstanceUid, 1);
        }

        (await postgres.Get<StudyStore>().FindAsync(new StudyUid(study.StudyInstanceUid), Stop))!.Order.ShouldBe(OrderClass.Stat);
    }

    [Fact]
    public async Task Over_TLS_a_sender_is_known_by_its_certificate_and_treated_by_its_entry()
    {
        using var folder = new TemporaryFolder();
        using var hospital = new CertificateAuthority("Hospital");
        using X509Certificate2 own = hospital.Issue("triage"), router = hospital.Issue("router"), other = hospital.Issue("other");
        var (key, certificate) = CertificateAuthority.Write(own, folder.At("triage"));
        var study = SomeFiles.Write(folder.At("study"), seed: 110, slices: 1);
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"),
            ("Intake:Tls:Certificate", certificate), ("Intake:Tls:Key", key), ("Intake:Tls:Port", "0"), ("Intake:Tls:Clients", "Welcome"), ("Intake:Tls:Only", "true"),
            ("Intake:Tls:Authorities:0", hospital.Write(folder.At("hospital.crt"))), ("Intake:DicomWeb:Tls", "true"),
            ("Intake:Callers:0:AeTitle", "ROUTER"), ("Intake:Callers:0:CertificateSubject", "CN=router"), ("Intake:Callers:0:Order", "Urgent"));
        intake.DicomWeb.Scheme.ShouldBe("https");
        Task<ToolResult> SendAsync(X509Certificate2? shown, string version) => Stowing.CurlAsync([.. shown is null ? (string[])[] : Shown(shown), version, "--cacert", folder.At("hospital.crt"),
            "-w", "%{http_code} %{http_version}", "-H", "Content-Type: application/dicom", "--data-binary", $"@{study.Files[0]}", $"{intake.DicomWeb}studies"]);
        string[] Shown(X509Certificate2 one) => CertificateAuthority.Write(one, folder.At("shown")) is var (shownKey, shown) ? ["--cert", shown, "--key", shownKey] : [];

        (await SendAsync(null, "--http1.1")).Expect().Output.ShouldEndWith("403 1.1");
        (await SendAsync(other, "--http1.1")).Expect().Output.ShouldEndWith("403 1.1");
        await intake.Log.LineAsync("it is known, but showed a certificate of CN=other");
        (await SendAsync(router, "--http1.1")).Expect().Output.ShouldEndWith("200 1.1");
        (await SendAsync(router, "--http2")).Expect().Output.ShouldEndWith("200 2");
        (await Stowing.CurlAsync($"http://{intake.DicomWeb.Authority}/")).ExitCode.ShouldNotBe(0);
        await intake.Log.LineAsync("the TLS handshake failed");

        await postgres.InstancesAsync(study.StudyInstanceUid, 1);
        (await postgres.Get<StudyStore>().FindAsync(new StudyUid(study.StudyInstanceUid), Stop))!.Order.ShouldBe(OrderClass.Urgent);
    }

    [Fact]
    public async Task The_port_answers_no_other_host_name_and_no_other_address_and_no_more_requests_than_it_may()
    {
        using var folder = new TemporaryFolder();
        await using var intake = await RunningIntake.StartAsync(postgres.ConnectionString, folder.At("spool"), ("Intake:MaxAssociationsPerAddress", "1"), ("Intake:DicomWeb:Hosts:0", "triage.hospital"));
        foreach (var (host, status) in new[] { ("evil.example", HttpStatusCode.BadRequest), ("triage.hospital", HttpStatusCode.UnsupportedMediaType), ("10.1.2.3:8043", HttpStatusCode.UnsupportedMediaType), ("[::1]", HttpStatusCode.UnsupportedMediaType) })
        {
            using var request = new HttpRequestMessage(HttpMethod.Post, new Uri(intake.DicomWeb, "studies")) { Headers = { Host = host } };
            using var answer = await Stowing.Http.SendAsync(request, Stop);
            answer.StatusCode.ShouldBe(status, host);
        }

        (await Stowing.Http.GetAsync(new Uri(intake.DicomWeb, "/"), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);
        (await Stowing.Http.GetAsync(new Uri(intake.DicomWeb, "studies/1.2.3"), Stop)).StatusCode.ShouldBe(HttpStatusCode.NotFound);

        using var first = await RawHttp.ConnectAsync(intake.DicomWeb);
        await first.BeginPostAsync(new Uri(intake.DicomWeb, "studies"), StowBody.Type, 1000, "Expect: 100-continue");
        (await first.AnswerAsync("\r\n\r\n")).ShouldStartWith("HTTP/1.1 100"); // it has the place
        using var second = await intake.StowPostAsync("studies", StowBody.Of("x"u8.ToArray()), StowBody.Type);
        second.StatusCode.ShouldBe(HttpStatusCode.ServiceUnavailable);
        second.Headers.RetryAfter.ShouldNotBeNull();
    }
}
