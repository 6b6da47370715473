using System.Net.Security;
using System.Security.Cryptography.X509Certificates;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Our associations over TLS to storescp in its default profile (BCP 195, non-downgrading), which wants a certificate of the caller.</summary>
public sealed class TlsScuTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();
    private readonly CertificateAuthority _hospital = new("Hospital"), _stranger = new("Stranger");
    private readonly X509Certificate2 _server, _client;

    public TlsScuTests() => (_server, _client) = (_hospital.Issue("pacs"), _hospital.Issue("triage"));

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Theory, InlineData("127.0.0.1"), InlineData("localhost")]
    public async Task A_big_object_arrives_bit_by_bit(string name)
    {
        var sample = new SampleObject { PixelBytes = 4 << 20 };
        var path = sample.Write(_folder.At("ct.dcm"));
        await using var peer = await StartAsync();
        await using (var association = await DicomAssociation.RequestAsync(
            Call(peer, DicomTls.ClientOptions(name, _hospital.Trusted, _client)) with { Contexts = AssociationRequest.ForFiles([path]) }, Stop))
        {
            (await association.StoreAsync(path, Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        File.ReadAllBytes(Directory.GetFiles(peer.Folder).Single()).AsSpan().EndsWith(sample.DataSet()).ShouldBeTrue();
    }

    [Theory]
    [InlineData("somebody else's name")]
    [InlineData("an authority that is not ours")]
    [InlineData("no certificate of ours")]
    [InlineData("a stranger's certificate")]
    public async Task Without_trust_nothing_is_sent(string what)
    {
        using var unknown = _stranger.Issue("triage");
        await using var peer = await StartAsync();
        var error = await Should.ThrowAsync<DicomNetworkException>(async () =>
        {
            await using var association = await DicomAssociation.RequestAsync(Call(peer, what switch
            {
                "somebody else's name" => DicomTls.ClientOptions("pacs.example.org", _hospital.Trusted, _client),
                "an authority that is not ours" => DicomTls.ClientOptions("127.0.0.1", _stranger.Trusted, _client),
                "no certificate of ours" => DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted),
                _ => DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted, unknown),
            }), Stop);
            await association.EchoAsync(Stop);
        });
        error.Fault.ShouldBe(NetworkFault.Untrusted, error.Message);
        if (what.Contains("certificate", StringComparison.Ordinal)) error.Message.ShouldContain("Does it want a certificate");
        await StillServes(peer);
    }

    [Fact]
    public async Task A_peer_that_speaks_no_tls_is_said_to_be_untrusted()
    {
        await using var peer = await StoreScp.StartAsync(_folder.Path);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Call(peer, DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted)), Stop));
        error.Fault.ShouldBe(NetworkFault.Untrusted);
    }

    [Fact]
    public async Task A_peer_that_speaks_only_tls_ends_a_plain_call()
    {
        await using var peer = await StartAsync();
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Peer.At(peer.Port), Stop));
        error.Fault.ShouldBeOneOf(NetworkFault.Lost, NetworkFault.Protocol); // its alert is no PDU
        await StillServes(peer);
    }

    [Fact]
    public async Task Suites_of_the_retired_profile_are_not_agreed_to()
    {
        await using var peer = await StartAsync("--profile-aes", "--cipher", "TLS_RSA_WITH_AES_128_CBC_SHA");
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Call(peer, DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted, _client)), Stop));
        error.Fault.ShouldBe(NetworkFault.Untrusted);
    }

    public void Dispose()
    {
        _server.Dispose();
        _client.Dispose();
        _hospital.Dispose();
        _stranger.Dispose();
        _folder.Dispose();
    }

    private static AssociationRequest Call(StoreScp peer, SslClientAuthenticationOptions tls) => Peer.At(peer.Port) with { Tls = tls };

    private async Task StillServes(StoreScp peer)
    {
        await using var association = await DicomAssociation.RequestAsync(Call(peer, DicomTls.ClientOptions("127.0.0.1", _hospital.Trusted, _client)), Stop);
        (await association.EchoAsync(Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
    }

    private Task<StoreScp> StartAsync(params string[] options)
    {
        var (key, certificate) = CertificateAuthority.Write(_server, _folder.At("pacs"));
        return StoreScp.StartAsync(Directory.CreateDirectory(_folder.At("received")).FullName, ["+tls", key, certificate, "+cf", _hospital.Write(_folder.At("hospital.crt")), .. options]);
    }
}
