using System.Security.Cryptography;
using System.Security.Cryptography.X509Certificates;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Testing;

namespace TriageWorker.Intake.Tests;

/// <summary>The TLS port, called by DCMTK as a scanner would.</summary>
public sealed class TlsTests(PostgresFixture postgres) : IClassFixture<PostgresFixture>, IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _hospital = new("Hospital"), _stranger = new("Stranger");

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task Storescu_pushes_over_TLS_and_over_the_plain_port_beside_it()
    {
        var study = SomeFiles.Write(_folder.At("study"), seed: 11);
        await using (var intake = await StartAsync())
        {
            (await ExternalTool.RunAsync("storescu", ["+tla", "+cf", Authority, "-aet", "CT1", "127.0.0.1", $"{intake.SecuredPort}", .. study.Files], new Dictionary<string, string>())).Expect();
            (await ExternalTool.RunAsync("echoscu", ["-aet", "CT1", "127.0.0.1", $"{intake.Port}"], new Dictionary<string, string>())).Expect();
            (await ExternalTool.RunAsync("echoscu", ["-aet", "CT1", "127.0.0.1", $"{intake.SecuredPort}"], new Dictionary<string, string>())).ExitCode.ShouldNotBe(0);
            await intake.Log.LineAsync("the TLS handshake failed");
        }

        (await postgres.InstancesAsync(study.StudyInstanceUid, 4)).Count.ShouldBe(4);
    }

    [Fact]
    public async Task A_caller_is_known_by_its_certificate_and_refused_without_it_with_the_reason()
    {
        using var ct2 = _hospital.Issue("ct2");
        using var ct3 = _hospital.Issue("ct3");
        await using var intake = await StartAsync(
            ("Intake:Tls:Clients", "Welcome"), ("Intake:Tls:Authorities:0", Authority), ("Intake:Callers:0:AeTitle", "CT2"), ("Intake:Callers:0:CertificateSubject", "cn=ct2"),
            ("Intake:Callers:1:AeTitle", "CT3"), ("Intake:Callers:1:Tls", "true"));
        (await EchoAsync(intake, "CT2", ct2)).Expect();
        (await EchoAsync(intake, "CT2", ct3)).ExitCode.ShouldNotBe(0);
        await intake.Log.LineAsync("it is known, but showed a certificate of CN=ct3");
        (await EchoAsync(intake, "CT2", null)).ExitCode.ShouldNotBe(0);
        await intake.Log.LineAsync("it is known, but showed no certificate");
        (await EchoAsync(intake, "CT3", null)).Expect();
        (await ExternalTool.RunAsync("echoscu", ["-aet", "CT3", "127.0.0.1", $"{intake.Port}"], new Dictionary<string, string>())).ExitCode.ShouldNotBe(0);
        await intake.Log.LineAsync("it is known, but calls without TLS");
        await Rows.UntilAsync(async stop => (await postgres.Get<RefusedCallerStore>().NewestAsync(TimeSpan.FromDays(1), 10, stop)).Count(row => row.Because.Contains("it is known, but", StringComparison.Ordinal)) == 3);
    }

    [Fact]
    public async Task A_certificate_that_is_named_by_its_digest_may_be_its_own_authority_and_no_other_is_let_in()
    {
        using var own = _stranger.Issue("old-scanner");
        using var other = _stranger.Issue("old-scanner");
        await using var intake = await StartAsync(("Intake:Tls:Clients", "Required"), ("Intake:Callers:0:AeTitle", "OLD"),
            ("Intake:Callers:0:CertificateSha256", string.Join(':', Convert.FromHexString(own.GetCertHashString(HashAlgorithmName.SHA256)).Select(one => $"{one:x2}"))));
        (await EchoAsync(intake, "OLD", own)).Expect();
        (await EchoAsync(intake, "OLD", other)).ExitCode.ShouldNotBe(0);
        (await EchoAsync(intake, "OLD", null)).ExitCode.ShouldNotBe(0);
    }

    [Fact]
    public async Task With_TLS_only_no_plain_port_is_open_and_the_port_in_the_settings_is_taken_by_TLS_alone()
    {
        await using var intake = await StartAsync(("Intake:Tls:Only", "true"), ("Intake:DicomWeb:Tls", "true"));
        intake.Port.ShouldBe(intake.SecuredPort);
        (await EchoAsync(intake, "CT1", null)).Expect();
    }

    [Fact]
    public async Task A_renewed_certificate_is_shown_without_a_restart_and_half_of_one_changes_nothing()
    {
        await using var intake = await StartAsync();
        (await ShownByAsync(intake)).ShouldBe("CN=triage");
        using var renewed = _hospital.Issue("triage-renewed");
        var (key, certificate) = CertificateAuthority.Write(renewed, _folder.At("renewed"));

        File.Copy(certificate, _folder.At("triage.crt"), overwrite: true);
        (await ShownByAsync(intake)).ShouldBe("CN=triage");
        await intake.Log.LineAsync("the certificate from before stays in use");
        intake.Get<ListenerCertificate>().Trouble.ShouldNotBeNull();

        File.Copy(key, _folder.At("triage.key"), overwrite: true);
        (await ShownByAsync(intake)).ShouldBe("CN=triage-renewed");
        intake.Get<ListenerCertificate>().Trouble.ShouldBeNull();
    }

    [Fact]
    public void The_end_of_the_certificate_is_warned_of_before_it_comes()
    {
        var end = new DateTimeOffset(2030, 6, 1, 0, 0, 0, TimeSpan.Zero);
        CertificateLife.TroubleOf(end, null, TimeSpan.FromDays(30), end.AddDays(-31)).ShouldBeNull();
        CertificateLife.TroubleOf(end, null, TimeSpan.FromDays(30), end.AddDays(-10))!.Value.ShouldSatisfyAllConditions(
            trouble => trouble.IsOver.ShouldBeFalse(), trouble => trouble.Sentence.ShouldStartWith("The certificate of the TLS port ends on 2030-06-01 00:00 UTC, in 10 days."));
        CertificateLife.TroubleOf(end, null, TimeSpan.FromDays(30), end)!.Value.IsOver.ShouldBeTrue();
        CertificateLife.TroubleOf(end, "no key.", TimeSpan.FromDays(30), end.AddDays(-31))!.Value.Sentence.ShouldContain("cannot be used (no key)");
    }

    public void Dispose()
    {
        _hospital.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    private string Authority => _hospital.Write(_folder.At("hospital.crt"));

    private Task<RunningIntake> StartAsync(params (string Key, string Value)[] more)
    {
        using var own = _hospital.Issue("triage");
        var (key, certificate) = CertificateAuthority.Write(own, _folder.At("triage"));
        return RunningIntake.StartAsync(postgres.ConnectionString, _folder.At("spool"),
            [("Intake:Tls:Certificate", certificate), ("Intake:Tls:Key", key), ("Intake:Tls:Port", "0"), .. more]);
    }

    private async Task<ToolResult> EchoAsync(RunningIntake intake, string title, X509Certificate2? shown)
    {
        string[] tls = shown is null ? ["+tla"] : CertificateAuthority.Write(shown, _folder.At("shown")) is var (key, certificate) ? ["+tls", key, certificate] : [];
        return await ExternalTool.RunAsync("echoscu", [.. tls, "+cf", Authority, "-aet", title, "127.0.0.1", $"{intake.SecuredPort}"], new Dictionary<string, string>());
    }

    private async Task<string> ShownByAsync(RunningIntake intake)
    {
        var shown = "";
        var tls = DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted);
        tls.RemoteCertificateValidationCallback = (_, certificate, _, errors) => (shown = certificate!.Subject).Length > 0 && errors == System.Net.Security.SslPolicyErrors.None;
        await using var association = await DicomAssociation.RequestAsync(new AssociationRequest { Host = "127.0.0.1", Port = intake.SecuredPort, CalledAe = "TRIAGE", CallingAe = "CT1", Tls = tls }, Stop);
        await association.ReleaseAsync(Stop);
        return shown;
    }
}
