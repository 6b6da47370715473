using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What our associations do with a storescp that takes, refuses, aborts or sleeps.</summary>
public sealed class StoreToDcmtkTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_echo_is_answered()
    {
        await using var peer = await StoreScp.StartAsync(_folder.Path);
        await using var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port), Stop);
        (await association.EchoAsync(Stop)).ShouldBe(DimseStatus.Success);
        association.Window.ShouldBe(1);
        await association.ReleaseAsync(Stop);
    }

    [Theory]
    [InlineData(DicomUid.ImplicitVRLittleEndian)]
    [InlineData(DicomUid.ExplicitVRLittleEndian)]
    public async Task A_file_arrives_bit_by_bit(string syntax)
    {
        var sample = new SampleObject { TransferSyntax = syntax, PixelBytes = 300_000 };
        var path = sample.Write(_folder.At("ct.dcm"));
        await using var peer = await StoreScp.StartAsync(Inbox, "+xa");
        await using (var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles([path]) }, Stop))
        {
            (await association.StoreAsync(path, Stop)).ShouldBe(DimseStatus.Success);
            await association.ReleaseAsync(Stop);
        }

        var received = File.ReadAllBytes(Directory.GetFiles(peer.Folder).Single());
        received.AsSpan().EndsWith(sample.DataSet()).ShouldBeTrue();
    }

    [Fact]
    public async Task Files_of_every_syntax_arrive_bit_by_bit_over_one_association()
    {
        var paths = new List<string>();
        foreach (var syntax in CtImage.Makers.Keys) paths.Add(await CtImage.EncodeAsync(_folder, paths.Count + 1, syntax));
        paths.Add(CtImage.Write(_folder.At("ours-big-endian.dcm"), 20, TransferSyntax.ExplicitVRBigEndian));
        paths.Add(CtImage.Write(_folder.At("ours-deflated.dcm"), 21, TransferSyntax.DeflatedExplicitVRLittleEndian));
        await using var peer = await StoreScp.StartAsync(Inbox, "+xa");
        await using (var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles(paths) }, Stop))
        {
            foreach (var path in paths) (await association.StoreAsync(path, Stop)).ShouldBe(DimseStatus.Success, path);
            await association.ReleaseAsync(Stop);
        }

        var received = Directory.GetFiles(peer.Folder).ToDictionary(path => Part10Head.Read(path).SopInstanceUid);
        received.Count.ShouldBe(paths.Count);
        foreach (var path in paths)
        {
            var (sent, copy) = (Part10Head.Read(path), Part10Head.Read(received[Part10Head.Read(path).SopInstanceUid]));
            copy.TransferSyntax.ShouldBe(sent.TransferSyntax);
            var bytes = File.ReadAllBytes(path)[(int)sent.DataSetOffset..];
            if (bytes.Length % 2 != 0) bytes = [.. bytes, 0]; // what DCMTK deflates may be odd, on the wire it may not (PS3.5, A.5)
            File.ReadAllBytes(copy.Path).AsSpan((int)copy.DataSetOffset).SequenceEqual(bytes).ShouldBeTrue(path);
        }

        // storescp keeps what it is sent; that it can read it too is another matter.
        (await ExternalTool.RunAsync("dcmdump", ["+P", "InstanceNumber", received[CtImage.UidOf(20)], received[CtImage.UidOf(21)]])).Expect().Output.ShouldContain("[21]");
    }

    [Theory, InlineData(4096), InlineData(16384), InlineData(131072)]
    public async Task An_object_is_cut_into_what_the_peer_takes(int pdu)
    {
        var sample = new SampleObject { PixelBytes = 300_001 & ~1 };
        var path = sample.Write(_folder.At("ct.dcm"));
        await using var peer = await StoreScp.StartAsync(Inbox, "-pdu", $"{pdu}");
        await using var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles([path]), MaxPduLength = 4096 }, Stop);
        association.Accept.User.MaxPduLength.ShouldBe((uint)pdu);
        (await association.StoreAsync(path, Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
        File.ReadAllBytes(Directory.GetFiles(peer.Folder).Single()).AsSpan().EndsWith(sample.DataSet()).ShouldBeTrue();
    }

    [Fact]
    public async Task A_syntax_that_the_peer_does_not_take_is_said_before_anything_is_sent_and_the_others_go_on()
    {
        string[] paths = [CtImage.Write(_folder.At("1.dcm"), 1), await CtImage.EncodeAsync(_folder, 2, DicomUid.JPEGLosslessSV1)];
        await using var peer = await StoreScp.StartAsync(Inbox);
        await using var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles(paths) }, Stop);
        association.Accepts(DicomUid.CTImageStorage, DicomUid.JPEGLosslessSV1).ShouldBeFalse();
        var error = await Should.ThrowAsync<DicomNetworkException>(() => association.StoreAsync(paths[1], Stop));
        (error.Fault, error.IsRetryWorthwhile).ShouldBe((NetworkFault.NoContext, false));
        (await association.StoreAsync(paths[0], Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task A_refusing_storescp_is_an_error_that_says_who_and_why()
    {
        await using var peer = await StoreScp.StartAsync(_folder.Path, "--refuse");
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Peer.At(peer.Port), Stop));
        error.Fault.ShouldBe(NetworkFault.Rejected);
        error.Message.ShouldContain("rejected for good by the service user: no reason given");
    }

    [Theory, InlineData("--abort-during"), InlineData("--abort-after")]
    public async Task A_storescp_that_aborts_is_an_error_worth_a_retry(string option)
    {
        var path = new SampleObject { PixelBytes = 4 << 20 }.Write(_folder.At("ct.dcm"));
        await using var peer = await StoreScp.StartAsync(_folder.Path, option);
        await using var association = await DicomAssociation.RequestAsync(Peer.At(peer.Port) with { Contexts = AssociationRequest.ForFiles([path]) }, Stop);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => association.StoreAsync(path, Stop));
        error.IsRetryWorthwhile.ShouldBeTrue();
        association.IsOpen.ShouldBeFalse();
    }

    [Fact]
    public async Task A_storescp_that_falls_asleep_between_two_requests_is_given_up_as_late()
    {
        var path = CtImage.Write(_folder.At("ct.dcm"), 1);
        await using var peer = await StoreScp.StartAsync(_folder.Path, "--sleep-after", "600");
        await using var association = await DicomAssociation.RequestAsync(Impatient(peer, path), Stop);
        (await association.StoreAsync(path, Stop)).ShouldBe(DimseStatus.Success);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => association.StoreAsync(path, Stop));
        (error.Fault, error.IsRetryWorthwhile).ShouldBe((NetworkFault.TimedOut, true));
    }

    [Fact]
    public async Task A_storescp_that_falls_asleep_over_an_object_and_takes_no_more_of_it_is_given_up_as_late()
    {
        var path = new SampleObject { PixelBytes = 32 << 20 }.Write(_folder.At("ct.dcm")); // more than the sockets of both sides hold
        await using var peer = await StoreScp.StartAsync(_folder.Path, "--sleep-during", "600");
        await using var association = await DicomAssociation.RequestAsync(Impatient(peer, path), Stop);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => association.StoreAsync(path, Stop));
        (error.Fault, error.IsRetryWorthwhile).ShouldBe((NetworkFault.TimedOut, true));
    }

    public void Dispose() => _folder.Dispose();

    private static AssociationRequest Impatient(StoreScp peer, string path) => Peer.At(peer.Port) with
    {
        Contexts = AssociationRequest.ForFiles([path]), ResponseTimeout = TimeSpan.FromMilliseconds(200), CloseTimeout = TimeSpan.FromMilliseconds(10),
    };

    private string Inbox => Directory.CreateDirectory(_folder.At("received")).FullName;
}
