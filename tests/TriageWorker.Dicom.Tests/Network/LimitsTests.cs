using System.Net;
using System.Net.Sockets;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What a peer may ask of the receiver, and what it meets beyond that.</summary>
public sealed class LimitsTests
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind;

    private static readonly CommandSet s_find = new() { Field = CommandField.FindRequest, MessageId = 1, AffectedSopClassUid = Find };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public async Task One_address_has_its_own_limit()
    {
        await using var receiver = await Receiver.StartAsync(new DicomScpOptions { MaxAssociationsPerPeer = 1 });
        await using var first = await DicomAssociation.RequestAsync(Call(receiver.Port), Stop);
        var fault = await Should.ThrowAsync<DicomNetworkException>(() => DicomAssociation.RequestAsync(Call(receiver.Port), Stop));
        (fault.Fault, fault.IsRetryWorthwhile).ShouldBe((NetworkFault.Rejected, true));
    }

    [Fact]
    public async Task A_command_set_without_an_end_ends_the_association()
    {
        var storage = new MemoryStorage();
        var pdu = new PduBuffer();
        for (var i = 0; i < 20; i++)
        {
            var data = pdu.BeginPdu(PduType.Data);
            var value = pdu.BeginPdv(1, isCommand: true, isLast: false);
            pdu.Zeros(1000).EndPdv(value).EndPdu(data);
        }

        byte[] stream = [.. Wire.CtRequest(), .. pdu.Written.Span];
        Wire.EndsWithAbort(await PipedConnection.ExchangeAsync(new DicomConnectionHandler(new DicomScpOptions(), storage, TimeProvider.System), stream)).ShouldBeTrue();
        (await storage.NextEndingAsync()).Because.ShouldBe("the command set is too long");
    }

    [Fact]
    public async Task A_query_that_is_too_long_is_refused_and_the_next_one_is_answered()
    {
        var handler = Finder(new DicomScpOptions { MaxDataSetLength = 4096, MaxDataSetMemory = 65536 });
        var longQuery = new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY").Set(DicomTag.TextValue, new string('x', 5000));
        await using var connection = PipedConnection.Open(handler);
        connection.Say((byte[])[.. Wire.Request([.. AssociationRequest.For(Find)]), .. Wire.Message(1, s_find, longQuery)]);
        await connection.UntilAsync(answers => Wire.Responses(answers).Count == 1);
        connection.Say(Wire.Message(1, s_find with { MessageId = 2 }, new DicomDataset().Set(DicomTag.QueryRetrieveLevel, "STUDY")));
        await connection.UntilAsync(answers => Wire.Responses(answers).Count == 2);
        connection.Say(Wire.ReleaseRequest());
        var responses = Wire.Responses(await connection.HangUpAsync());
        responses.Select(response => response.Status).ShouldBe([DimseStatus.ResourceLimitation, DimseStatus.Success]);
        responses[0].ErrorComment.ShouldBe("the data set is longer than 4096 bytes");
        handler.Shared.Memory.Used.ShouldBe(0);
    }

    [Fact]
    public void All_associations_together_hold_no_more_than_their_budget()
    {
        var limits = new MessageLimits(TimeSpan.Zero, TimeSpan.Zero, TimeSpan.Zero, 8192, new MemoryBudget(10_000), new BytesInFlight(1), ScanLimits.Default, TimeProvider.System);
        using var first = new DataSetBuffer(limits);
        using (var second = new DataSetBuffer(limits))
        {
            first.Write(new(new byte[6000]));
            second.Write(new(new byte[6000]));
            (first.Trouble, second.Trouble).ShouldBe((null, "too much memory is in use"));
        }

        using var third = new DataSetBuffer(limits);
        first.Dispose();
        third.Write(new(new byte[6000]));
        third.Trouble.ShouldBeNull();
    }

    [Fact]
    public async Task While_too_much_is_in_flight_no_new_object_is_begun_and_nothing_is_lost_by_waiting()
    {
        var storage = new MemoryStorage();
        var disk = new TaskCompletionSource();
        storage.Disk = disk.Task;
        var handler = new DicomConnectionHandler(new DicomScpOptions { MaxBytesInFlight = 1 << 20 }, storage, TimeProvider.System);
        var big = new SampleObject { PixelBytes = 2 << 20 };
        var small = new SampleObject { SopInstanceUid = "1.2.3.4" };
        await using var first = PipedConnection.Open(handler);
        first.Say((byte[])[.. Wire.CtRequest(), .. Wire.Store(big)]);
        await using var second = PipedConnection.Open(handler);
        second.Say((byte[])[.. Wire.CtRequest(), .. Wire.Store(small), .. Wire.ReleaseRequest()]);
        storage.Begun.Count.ShouldBe(1);

        disk.SetResult();
        Wire.Statuses(await second.HangUpAsync()).ShouldBe([DimseStatus.Success]);
        first.Say(Wire.ReleaseRequest());
        Wire.Statuses(await first.HangUpAsync()).ShouldBe([DimseStatus.Success]);
        storage.Kept.Count.ShouldBe(2);
    }

    [Fact]
    public async Task A_peer_that_is_silent_in_the_middle_of_an_object_is_aborted_and_the_record_says_where()
    {
        var (storage, time) = (new MemoryStorage(), new DrivenTime());
        var handler = new DicomConnectionHandler(new DicomScpOptions(), storage, time);
        await using var connection = PipedConnection.Open(handler);
        connection.Say((byte[])[.. Wire.CtRequest(), .. Wire.Store(new SampleObject())[..^100]]);
        time.Advance(new DicomScpOptions().IdleTimeout);
        (await storage.NextEndingAsync()).Because.ShouldBe("nothing came for too long in the middle of an object");
        Wire.EndsWithAbort(await connection.HangUpAsync()).ShouldBeTrue();
        storage.Kept.ShouldBeEmpty();
    }

    [Fact]
    public async Task More_operations_at_once_than_negotiated_are_refused_not_queued()
    {
        var answering = new TaskCompletionSource();
        var handler = Finder(new DicomScpOptions(), answering.Task);
        await using var connection = PipedConnection.Open(handler);
        connection.Say((byte[])[.. Wire.Request([.. AssociationRequest.For(Find)]), .. Wire.Message(1, s_find, []), .. Wire.Message(1, s_find with { MessageId = 2 }, [])]);
        await connection.UntilAsync(answers => Wire.Responses(answers).Count == 1);
        answering.SetResult();
        await connection.UntilAsync(answers => Wire.Responses(answers).Count == 2);
        connection.Say(Wire.ReleaseRequest());
        Wire.Responses(await connection.HangUpAsync()).Select(response => (response.MessageId, response.Status))
            .ShouldBe([((ushort)2, DimseStatus.ResourceLimitation), ((ushort)1, DimseStatus.Success)]);
    }

    [Fact]
    public async Task A_fault_in_a_service_ends_its_association_and_reaches_the_server()
    {
        var handler = new DicomConnectionHandler(new DicomScpOptions(), new OpenHouse(new FindService([Find], (_, _) => throw new InvalidOperationException("a bug"))), TimeProvider.System);
        await using var connection = PipedConnection.Open(handler);
        connection.Say((byte[])[.. Wire.Request([.. AssociationRequest.For(Find)]), .. Wire.Message(1, s_find, [])]);
        (await Should.ThrowAsync<InvalidOperationException>(connection.HangUpAsync)).Message.ShouldBe("a bug");
    }

    [Fact]
    public async Task A_peer_that_never_answers_a_request_is_given_up_when_its_time_is_over()
    {
        var time = new DrivenTime();
        using var listener = new TcpListener(IPAddress.Loopback, 0);
        listener.Start();
        var call = Call(((IPEndPoint)listener.LocalEndpoint).Port) with { Time = time, Contexts = AssociationRequest.For(DicomUid.Verification) };
        var requesting = DicomAssociation.RequestAsync(call, Stop);
        using var peer = await listener.AcceptSocketAsync(Stop);
        var heard = new byte[4096];
        await peer.ReceiveAsync(heard.AsMemory(), Stop);
        await peer.SendAsync(ScriptedLink.Bytes(PduType.AssociateAccept).AsMemory(), Stop);
        await using var association = await requesting;
        var asking = association.EchoAsync(Stop);
        await peer.ReceiveAsync(heard.AsMemory(), Stop);
        await time.AdvanceUntilAsync(call.ResponseTimeout, asking);
        (await Should.ThrowAsync<DicomNetworkException>(asking)).Fault.ShouldBe(NetworkFault.TimedOut);
        peer.Close(); // this clock stands still now, and with it the time to wait for that
    }

    private static DicomConnectionHandler Finder(DicomScpOptions options, Task? answering = null) =>
        new(options, new OpenHouse(new FindService([Find], (_, _) => Nothing(answering))), TimeProvider.System);

    private static async IAsyncEnumerable<DicomDataset> Nothing(Task? answering)
    {
        if (answering is not null) await answering;
        yield break;
    }

    private static AssociationRequest Call(int port) => new() { Host = "127.0.0.1", Port = port, CalledAe = "ANY-SCP" };
}
