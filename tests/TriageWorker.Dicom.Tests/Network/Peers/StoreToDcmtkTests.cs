using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class StoreToDcmtkTests
{
    [Theory]
    [InlineData(DicomUid.ImplicitVRLittleEndian, "+xa")]
    [InlineData(DicomUid.ExplicitVRLittleEndian, "+xa")]
    public async Task Our_sender_reaches_storescp(string syntax, string accept)
    {
        using var folder = new TemporaryFolder();
        var sample = new SampleObject { TransferSyntax = syntax, PixelBytes = 300_000 };
        var path = sample.Write(folder.At("ct.dcm"));
        Directory.CreateDirectory(folder.At("received"));
        await using var peer = await StoreScp.StartAsync(folder.At("received"), accept);
        await using (var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles([path]) }, Stop))
        {
            (await association.StoreAsync(path, Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        var received = File.ReadAllBytes(Directory.GetFiles(peer.Folder).Single());
        received.AsSpan().EndsWith(sample.DataSet()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_refusing_storescp_is_an_error_that_says_who_and_why()
    {
        using var folder = new TemporaryFolder();
        await using var peer = await StoreScp.StartAsync(folder.Path, "--refuse");
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Peer.At(peer.Port), Stop));
        error.Fault.ShouldBe(NetworkFault.Rejected);
        error.Message.ShouldContain("rejected for good by the service user: no reason given");
    }

    [Fact]
    public async Task A_storescp_that_aborts_in_the_middle_is_an_error_worth_a_retry()
    {
        using var folder = new TemporaryFolder();
        var path = new SampleObject { PixelBytes = 4 << 20 }.Write(folder.At("ct.dcm"));
        await using var peer = await StoreScp.StartAsync(folder.Path, "--abort-during");
        await using var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles([path]) }, Stop);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => association.StoreAsync(path, Stop));
        error.IsRetryWorthwhile.ShouldBeTrue();
    }

    private static CancellationToken Stop => TestContext.Current.CancellationToken;
}
