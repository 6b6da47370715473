using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Orthanc over TLS, each side with a certificate, each side calling the other.</summary>
public sealed class TlsOrthancTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task What_we_send_orthanc_sends_back()
    {
        using var hospital = new CertificateAuthority("Hospital");
        using var ours = hospital.Issue("triage");
        using var theirs = hospital.Issue("orthanc");
        var (key, certificate) = CertificateAuthority.Write(theirs, _folder.At("orthanc"));
        await using var orthanc = new OrthancFixture
        {
            Options = new Dictionary<string, object>
            {
                ["DicomTlsEnabled"] = true, ["DicomTlsPrivateKey"] = key, ["DicomTlsCertificate"] = certificate,
                ["DicomTlsTrustedCertificates"] = hospital.Write(_folder.At("hospital.crt")),
            },
        };
        await orthanc.InitializeAsync();
        await using var us = await Receiver.StartAsync(tls: DicomTls.ServerOptions(ours, ClientCertificates.Required, hospital.Trusted));
        await orthanc.AddModalityAsync("SECURE", us.Port, speaksTls: true);

        await using (var sender = new DicomSender(Peer.Of(orthanc, "SECURE") with { Tls = DicomTls.ClientOptions("127.0.0.1", hospital.Trusted, ours) }))
            (await sender.SendAsync(CtImage.WriteMany(_folder, 3), Stop).ToListAsync(Stop)).ShouldAllBe(outcome => outcome.Status == DimseStatus.Success);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(
            Peer.Of(orthanc, "SECURE") with { Tls = DicomTls.ClientOptions("127.0.0.1", hospital.Trusted) }, Stop));
        error.Fault.ShouldBe(NetworkFault.Untrusted);

        var ids = (await orthanc.PostAsync("tools/find", new { Level = "Study", Query = new { StudyInstanceUID = CtImage.StudyUid } })).EnumerateArray().Select(id => id.GetString()).ToArray();
        await orthanc.PostAsync("modalities/SECURE/store", new { Resources = ids, Synchronous = true });
        us.Storage.Callers.Single().Certificate!.Subject.ShouldBe("CN=orthanc");
        foreach (var (head, dataSet) in us.Storage.Arrivals)
        {
            var number = int.Parse(head.SopInstanceUid.Split('.')[^1], System.Globalization.CultureInfo.InvariantCulture);
            DataSetDifferences.Between(CtImage.Dataset(number), DicomDataset.Parse(dataSet, TransferSyntax.Of(head.TransferSyntax))).ShouldBeEmpty();
        }

        us.Storage.Kept.Count.ShouldBe(3);
    }

    public void Dispose() => _folder.Dispose();
}
