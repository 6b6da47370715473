using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>DCMTK's clients over TLS to our receiver, in their default profile (BCP 195, non-downgrading).</summary>
public sealed class TlsScpTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _hospital = new("Hospital"), _stranger = new("Stranger");
    private readonly X509Certificate2 _server, _client;

    public TlsScpTests() => (_server, _client) = (_hospital.Issue("triage"), _hospital.Issue("ct-scanner"));

    [Theory, InlineData(false), InlineData(true)]
    public async Task Echo_store_find_and_move_work_over_tls(bool isRsa)
    {
        using var rsa = _hospital.IssueRsa("triage");
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(isRsa ? rsa : _server, ClientCertificates.Required, _hospital.Trusted));
        var files = CtImage.WriteMany(_folder, 2);
        await using var destination = await StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("received")).FullName);
        receiver.Storage.Beside = caller =>
        [
            new FindService([DicomUid.StudyRootQueryRetrieveInformationModelFind], (_, _) => new[] { FindScpTests.Study("1.2.3") }.ToAsyncEnumerable()),
            new MoveService([DicomUid.StudyRootQueryRetrieveInformationModelMove], caller.CallingAe, (_, _) => new(new MovePlan.Send(Peer.At(destination.Port), files))),
        ];
        string[] study = ["-k", "QueryRetrieveLevel=STUDY", "-k", "StudyInstanceUID"];

        (await Peer.CallAsync("echoscu", receiver.Port, Shown(_client))).Expect().Output.ShouldContain("Received Echo Response (Success)");
        (await Peer.CallAsync("storescu", receiver.Port, Shown(_client), files)).Expect();
        (await Peer.CallAsync("dcmsend", receiver.Port, [], files)).ExitCode.ShouldNotBe(0); // it has no TLS
        (await Peer.CallAsync("findscu", receiver.Port, [.. Shown(_client), "-S", .. study])).Expect().Output.ShouldContain("[1.2.3");
        await using (var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port) with // movescu has no TLS either
        {
            Contexts = AssociationRequest.For(DicomUid.StudyRootQueryRetrieveInformationModelMove), Tls = DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted, _client),
        }, TestContext.Current.CancellationToken))
        {
            (await association.MoveAsync(DicomUid.StudyRootQueryRetrieveInformationModelMove, "PACS", FindScpTests.Study("1.2.3"), cancellationToken: TestContext.Current.CancellationToken))
                .ShouldSatisfyAllConditions(outcome => outcome.Status.ShouldBe(DimseStatus.Success), outcome => outcome.Counts.Completed.ShouldBe(2));
            await association.ReleaseAsync(TestContext.Current.CancellationToken);
        }

        receiver.Storage.Kept.Keys.ShouldBe([CtImage.UidOf(1), CtImage.UidOf(2)], ignoreOrder: true);
        Directory.GetFiles(destination.Folder).Length.ShouldBe(2);
        receiver.Storage.Callers.Count.ShouldBe(4);
        receiver.Storage.Callers.ShouldAllBe(caller => caller.Certificate!.Subject == "CN=ct-scanner");
    }

    [Fact]
    public async Task A_big_object_arrives_unchanged_over_tls()
    {
        var sample = new SampleObject { PixelBytes = 4 << 20, UsesDelimiters = false };
        var path = sample.Write(_folder.At("big.dcm"));
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(_server));
        (await Peer.CallAsync("storescu", receiver.Port, Anonymous, path)).Expect();
        receiver.Storage.Kept[sample.SopInstanceUid].AsSpan().SequenceEqual(sample.DataSet()).ShouldBeTrue();
    }

    [Fact]
    public async Task Without_being_asked_nobody_shows_a_certificate()
    {
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(_server, ClientCertificates.NotAsked, _hospital.Trusted));
        (await Peer.CallAsync("echoscu", receiver.Port, Shown(_client))).Expect();
        receiver.Storage.Callers.Single().Certificate.ShouldBeNull();
    }

    [Fact]
    public async Task A_welcome_certificate_may_be_absent_but_not_a_strangers()
    {
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(_server, ClientCertificates.Welcome, _hospital.Trusted));
        (await Peer.CallAsync("echoscu", receiver.Port, Anonymous)).Expect();
        (await Peer.CallAsync("echoscu", receiver.Port, Shown(_client))).Expect();
        using var unknown = _stranger.Issue("ct-scanner");
        (await Peer.CallAsync("echoscu", receiver.Port, Shown(unknown))).ExitCode.ShouldNotBe(0);
        receiver.Storage.Callers.Select(caller => caller.Certificate?.Subject).ShouldBe([null, "CN=ct-scanner"]);
        (await receiver.Storage.NextDismissalAsync()).ShouldBe("the TLS handshake failed");
    }

    public static TheoryData<string> Intruders => ["a stranger", "nobody", "old suites", "no TLS"];

    [Theory, MemberData(nameof(Intruders))]
    public async Task Who_may_not_come_in_is_hung_up_on_and_noted_and_the_receiver_lives(string who)
    {
        using var unknown = _stranger.Issue("ct-scanner");
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(_server, ClientCertificates.Required, _hospital.Trusted));
        var said = await Peer.CallAsync("echoscu", receiver.Port, who switch
        {
            "a stranger" => Shown(unknown),
            "nobody" => Anonymous,
            "old suites" => [.. Shown(_client), "--profile-aes"],
            _ => [],
        });

        said.ExitCode.ShouldNotBe(0, said.Output);
        (await receiver.Storage.NextDismissalAsync()).ShouldBe("the TLS handshake failed");
        receiver.Storage.Callers.ShouldBeEmpty();
        (await Peer.CallAsync("echoscu", receiver.Port, Shown(_client))).Expect();
    }

    [Theory]
    [InlineData("-tls1_1", "-cipher", "ALL:@SECLEVEL=0")]
    [InlineData("-tls1_2", "-cipher", "AES128-GCM-SHA256")] // no forward secrecy
    [InlineData("-tls1_2", "-cipher", "ECDHE-RSA-AES128-SHA256")] // no authenticated encryption
    [InlineData("-tls1_2", "-cipher", "ECDHE-RSA-AES256-SHA384")]
    public async Task Versions_and_suites_that_the_profile_forbids_find_no_agreement(params string[] offer)
    {
        using var rsa = _hospital.IssueRsa("triage"); // fits all of these
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(rsa));
        var said = await OpensslAsync(receiver, offer);
        said.ExitCode.ShouldNotBe(0, said.Output);
        said.Output.ShouldContain("alert"); // told, not just hung up on
        (await receiver.Storage.NextDismissalAsync()).ShouldBe("the TLS handshake failed");
        (await Peer.CallAsync("echoscu", receiver.Port, Anonymous)).Expect();
    }

    [Theory]
    [InlineData("ECDHE-ECDSA-AES128-GCM-SHA256", "-tls1_2", "-cipher")]
    [InlineData("ECDHE-ECDSA-AES256-GCM-SHA384", "-tls1_2", "-cipher")]
    [InlineData("TLS_AES_128_GCM_SHA256", "-tls1_3", "-ciphersuites")]
    [InlineData("TLS_CHACHA20_POLY1305_SHA256", "-tls1_3", "-ciphersuites")]
    public async Task Versions_and_suites_of_the_profile_are_agreed_to(string suite, params string[] offer)
    {
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(_server));
        (await OpensslAsync(receiver, [.. offer, suite])).Expect().Output.ShouldContain($"Cipher is {suite}");
    }

    [Fact]
    public async Task A_client_that_does_not_trust_us_leaves_and_is_noted()
    {
        await using var receiver = await Receiver.StartAsync(tls: DicomTls.ServerOptions(_server));
        (await Peer.CallAsync("echoscu", receiver.Port, ["+tla", "+cf", _stranger.Write(_folder.At("stranger.crt"))])).ExitCode.ShouldNotBe(0);
        receiver.Storage.Callers.ShouldBeEmpty();
        (await Peer.CallAsync("echoscu", receiver.Port, Anonymous)).Expect();
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _hospital.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    private static Task<ToolResult> OpensslAsync(Receiver receiver, string[] offer) =>
        ExternalTool.RunAsync("openssl", ["s_client", "-connect", $"127.0.0.1:{receiver.Port}", .. offer]);

    private string Trusted => _hospital.Write(_folder.At("hospital.crt"));

    private string[] Anonymous => ["+tla", "+cf", Trusted];

    private string[] Shown(X509Certificate2 certificate)
    {
        var (key, shown) = CertificateAuthority.Write(certificate, _folder.At(certificate.Thumbprint));
        return ["+tls", key, shown, "+cf", Trusted];
    }
}
