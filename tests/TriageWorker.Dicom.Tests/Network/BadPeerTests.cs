using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

public sealed class BadPeerTests
{
    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task An_http_client_is_turned_away_at_its_first_byte()
    {
        await using var receiver = await Receiver.StartAsync();
        var answer = await Wire.ExchangeAsync(receiver.Port, "GET / HTTP/1.1\r\nHost: x\r\n\r\n"u8.ToArray(), Stop);
        (await receiver.Storage.NextDismissalAsync()).ShouldBe("the peer does not speak DICOM (first byte 0x47)");
        Wire.EndsWithAbort(answer).ShouldBeTrue();
        await StillServes(receiver);
    }

    [Fact]
    public async Task A_request_cut_anywhere_is_dismissed_and_the_receiver_lives()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxAssociations = 4 });
        var request = Wire.CtRequest();
        for (var cut = 0; cut < request.Length; cut++)
        {
            (await Wire.ExchangeAsync(receiver.Port, request.AsMemory(0, cut), Stop)).ShouldBeEmpty();
            (await receiver.Storage.NextDismissalAsync()).ShouldBe("the connection was closed before a whole A-ASSOCIATE-RQ had come");
        }

        await StillServes(receiver);
    }

    [Fact]
    public async Task A_store_cut_anywhere_keeps_nothing_and_ends_as_lost()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxAssociations = 4 });
        var request = Wire.CtRequest();
        byte[] stream = [.. request, .. Wire.Store(new SampleObject { PixelBytes = 64 }, piece: 200)];
        for (var cut = request.Length; cut < stream.Length; cut++)
        {
            Wire.Statuses(await Wire.ExchangeAsync(receiver.Port, stream.AsMemory(0, cut), Stop)).ShouldBeEmpty();
            var ending = await receiver.Storage.NextEndingAsync();
            (ending.Kind, ending.Objects).ShouldBe((EndingKind.Lost, 0));
            receiver.Storage.Kept.ShouldBeEmpty();
        }

        Wire.Statuses(await Wire.ExchangeAsync(receiver.Port, stream, Stop)).ShouldBe([DimseStatus.Success]);
    }

    [Fact]
    public async Task Bytes_changed_at_random_never_take_the_receiver_down_nor_get_a_wrong_object_through()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxAssociations = 4 });
        var sample = new SampleObject { PixelBytes = 64 };
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(sample, piece: 200), .. Wire.ReleaseRequest()];
        var dice = new Random(20260102);
        for (var round = 0; round < 300; round++)
        {
            var bent = (byte[])stream.Clone();
            for (var i = dice.Next(1, 5); i > 0; i--) bent[dice.Next(bent.Length)] = (byte)dice.Next(256);
            await Wire.ExchangeAsync(receiver.Port, bent, Stop);
        }

        // Whatever was kept was followed to its end under its own UID.
        foreach (var (uid, bytes) in receiver.Storage.Kept)
        {
            using var scan = new DataSetScan(ScanEncoding.ExplicitLittleEndian);
            scan.Feed(bytes);
            scan.Complete();
            scan.IsLost.ShouldBeFalse();
            scan.Uid(ScanTag.SopInstanceUid).ShouldBe(uid);
        }

        await StillServes(receiver);
    }

    [Theory]
    [InlineData(new byte[] { 1, 0, 0xFF, 0xFF, 0xFF, 0xFF }, "a AssociateRequest PDU of 4294967295 bytes is over the limit of 262144")]
    [InlineData(new byte[] { 4, 0, 0, 0, 0, 6 }, "Data came unexpectedly")]
    [InlineData(new byte[] { 5, 0, 0, 0, 0, 4, 0, 0, 0, 0 }, "ReleaseRequest came unexpectedly")]
    public async Task What_may_not_come_first_is_aborted(byte[] bytes, string because)
    {
        await using var receiver = await Receiver.StartAsync();
        Wire.EndsWithAbort(await Wire.ExchangeAsync(receiver.Port, bytes, Stop)).ShouldBeTrue();
        (await receiver.Storage.NextDismissalAsync()).ShouldBe(because);
    }

    [Fact]
    public async Task A_data_pdu_over_the_announced_length_is_aborted()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxPduLength = 4096 });
        byte[] stream = [.. Wire.CtRequest(), .. Wire.Store(new SampleObject { PixelBytes = 8000 })];
        Wire.EndsWithAbort(await Wire.ExchangeAsync(receiver.Port, stream, Stop)).ShouldBeTrue();
        var ending = await receiver.Storage.NextEndingAsync();
        ending.Kind.ShouldBe(EndingKind.AbortedByUs);
        ending.Because.ShouldContain("over the limit of 4096");
    }

    [Fact]
    public async Task Callers_over_the_limit_are_rejected_for_now()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxAssociations = 1 });
        await using var first = await DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop);
        var error = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop));
        error.IsRetryWorthwhile.ShouldBeTrue();
        error.Message.ShouldContain("local limit exceeded (result 2, source 3, reason 2)");
    }

    [Fact]
    public async Task A_caller_that_was_rejected_and_does_not_hang_up_keeps_no_place_from_others()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxAssociations = 1 });
        using var rejected = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await rejected.ConnectAsync(System.Net.IPAddress.Loopback, receiver.Port, Stop);
        receiver.Storage.RejectWith = AssociateReject.LocalLimitExceeded;
        await rejected.SendAsync(Wire.CtRequest(), Stop);
        (await rejected.ReceiveAsync(new byte[100], Stop)).ShouldBe(10); // A-ASSOCIATE-RJ

        receiver.Storage.RejectWith = null;
        await using var other = await DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop);
        await other.ReleaseAsync(Stop);
    }

    [Fact]
    public async Task A_peer_that_never_speaks_is_hung_up_on_when_its_time_is_over()
    {
        var time = new DrivenTime();
        await using var receiver = await Receiver.StartAsync(time: time);
        using var socket = new System.Net.Sockets.Socket(System.Net.Sockets.SocketType.Stream, System.Net.Sockets.ProtocolType.Tcp);
        await socket.ConnectAsync(System.Net.IPAddress.Loopback, receiver.Port, Stop);
        await time.NextTimerAsync();
        time.Advance(new DicomScpOptions().RequestTimeout);
        (await receiver.Storage.NextDismissalAsync()).ShouldBe("nothing came for too long before a whole A-ASSOCIATE-RQ had come");
    }

    [Fact]
    public async Task A_disk_that_takes_longer_than_the_longest_silence_does_not_cost_the_peer_its_association()
    {
        var time = new DrivenTime();
        await using var receiver = await Receiver.StartAsync(time: time);
        var disk = new TaskCompletionSource();
        receiver.Storage.Disk = disk.Task;
        var sample = new SampleObject();
        await using var association = await DicomAssociation.RequestAsync(
            Peer.At(receiver.Port) with { Contexts = [new ProposedContext(1, SampleObject.CtImageStorage, [DicomUid.ExplicitVRLittleEndian])] }, Stop);
        var storing = association.StoreAsync(SampleObject.CtImageStorage, sample.SopInstanceUid, DicomUid.ExplicitVRLittleEndian, new MemoryStream(sample.DataSet()), Stop);

        await receiver.Storage.NextKeepingAsync();
        time.Advance(new DicomScpOptions().IdleTimeout);
        disk.SetResult();

        (await storing).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
        (await receiver.Storage.NextEndingAsync()).Kind.ShouldBe(EndingKind.Released);
    }

    private static async Task StillServes(Receiver receiver)
    {
        await using var association = await DicomAssociation.RequestAsync(Peer.At(receiver.Port), Stop);
        (await association.EchoAsync(Stop)).ShouldBe(DimseStatus.Success);
        await association.ReleaseAsync(Stop);
    }
}
