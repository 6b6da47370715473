using System.Net;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Peers that hold places, say nothing that counts, or keep this side waiting for itself.</summary>
public sealed class HostilePeerTests
{
    private const string Find = DicomUid.StudyRootQueryRetrieveInformationModelFind;

    private static readonly CommandSet s_store = new() { Field = CommandField.StoreRequest, MessageId = 1, AffectedSopClassUid = SampleObject.CtImageStorage, AffectedSopInstanceUid = "1.2.3" };

    private static CancellationToken Stop => TestContext.Current.CancellationToken;

    [Fact]
    public void A_response_without_a_status_is_none()
    {
        var encoded = new PduBuffer();
        s_store.Response(DimseStatus.Success).Encode(encoded);
        var bytes = encoded.Written.ToArray();
        CommandSet.TryRead(bytes, out _).ShouldBeTrue();
        var status = bytes.AsSpan().IndexOf((byte[])[0, 0, 0x00, 0x09, 2, 0, 0, 0]); // (0000,0900)
        CommandSet.TryRead((byte[])[.. bytes[..status], .. bytes[(status + 10)..]], out _).ShouldBeFalse();
    }

    [Fact]
    public async Task A_pending_answer_to_a_store_belongs_to_no_request_and_one_to_a_query_does()
    {
        var limits = new MessageLimits(TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), TimeSpan.FromMinutes(1), 1, new MemoryBudget(1), new BytesInFlight(1), ScanLimits.Default, TimeProvider.System);
        var invocations = new Invocations(2, limits);
        var context = new PresentationContext(1, Find, DicomUid.ExplicitVRLittleEndian, Performs: false, Invokes: true);
        var store = await invocations.OpenAsync(context, s_store, Stop);
        var find = await invocations.OpenAsync(context, new CommandSet { Field = CommandField.FindRequest, MessageId = 0 }, Stop);
        invocations.For(context, store.Request.Response(DimseStatus.Pending)).ShouldBeNull();
        invocations.For(context, store.Request.Response(DimseStatus.Success)).ShouldBe(store);
        invocations.For(context, find.Request.Response(DimseStatus.Pending)).ShouldBe(find);
    }

    [Fact]
    public void One_address_cannot_take_the_places_of_another()
    {
        var connections = new OpenConnections(mostInAll: 3, mostOfPeer: 2);
        var greedy = new IPEndPoint(IPAddress.Parse("10.0.0.1"), 1);
        var places = Enumerable.Range(0, 18).Select(_ => connections.Enter(greedy)).ToList();
        places.Select(place => place!.IsOverLimit).Take(3).ShouldBe([false, false, true]);
        connections.Enter(greedy).ShouldBeNull(); // as many wait for their rejection as may
        using var other = connections.Enter(new IPEndPoint(IPAddress.Parse("10.0.0.2"), 1));
        other!.IsOverLimit.ShouldBeFalse();
        connections.Enter(new IPEndPoint(IPAddress.Parse("10.0.0.3"), 1))!.IsOverLimit.ShouldBeTrue();
        places[0]!.Dispose();
        connections.Enter(greedy).ShouldNotBeNull();
    }

    [Fact]
    public void Connections_that_wait_for_their_end_take_no_place_and_are_not_without_number()
    {
        var connections = new OpenConnections(mostInAll: 2, mostOfPeer: 2);
        var peer = new IPEndPoint(IPAddress.Loopback, 1);
        using var served = connections.Enter(peer);
        var waiting = Enumerable.Range(0, 16).Select(_ => connections.Enter(peer)!).ToList();
        foreach (var place in waiting)
        {
            place.GiveUp();
            place.GiveUp(); // once is enough
        }

        using var last = connections.Enter(peer);
        last!.IsOverLimit.ShouldBeFalse();
        last.GiveUp(); // too many wait: it keeps its place
        connections.Enter(peer).ShouldBeNull();
        waiting.ForEach(place => place.Dispose());
        connections.Enter(peer)!.IsOverLimit.ShouldBeTrue();
    }

    [Fact]
    public async Task A_byte_now_and_then_holds_no_association_for_ever()
    {
        var (storage, time) = (new MemoryStorage(), new DrivenTime());
        var options = new DicomScpOptions { IdleTimeout = TimeSpan.FromMinutes(5), MessageTimeout = TimeSpan.FromMinutes(9) };
        await using var connection = PipedConnection.Open(new DicomConnectionHandler(options, storage, time));
        var stream = Wire.Store(new SampleObject());
        connection.Say((byte[])[.. Wire.CtRequest(), .. stream[..^100]]);
        time.Advance(TimeSpan.FromMinutes(4));
        connection.Say(stream.AsMemory()[^100..^99]);
        time.Advance(TimeSpan.FromMinutes(4));
        connection.Say(stream.AsMemory()[^99..^98]);
        time.Advance(TimeSpan.FromMinutes(1));
        (await storage.NextEndingAsync()).Because.ShouldBe("nothing came for too long in the middle of an object");
        await connection.HangUpAsync();
    }

    [Fact]
    public async Task A_request_inside_the_loop_of_a_query_that_fills_the_window_is_a_clear_fault()
    {
        await using var receiver = await FindingAsync(matches: 500);
        await using var association = await DicomAssociation.RequestAsync(
            new AssociationRequest { Host = "127.0.0.1", Port = receiver.Port, CalledAe = "X", Contexts = AssociationRequest.For(Find, DicomUid.Verification), ResponseTimeout = TimeSpan.FromMilliseconds(300) }, Stop);
        var fault = await Should.ThrowAsync<DicomNetworkException>(async () =>
        {
            await foreach (var _ in association.FindAsync(Find, [], Stop)) await association.EchoAsync(Stop);
        });
        fault.Message.ShouldContain("inside its loop");
    }

    [Fact]
    public async Task A_file_that_goes_away_before_its_turn_costs_only_itself()
    {
        using var folder = new TemporaryFolder();
        string[] files = [.. Enumerable.Range(1, 3).Select(i => new SampleObject { SopInstanceUid = $"1.2.3.{i}" }.Write(folder.At($"{i}.dcm")))];
        await using var receiver = await Receiver.StartAsync();
        await using var sender = new DicomSender(new AssociationRequest { Host = "127.0.0.1", Port = receiver.Port, CalledAe = "X" });
        var outcomes = new List<SendOutcome>();
        await foreach (var outcome in sender.SendAsync(files, Stop))
        {
            outcomes.Add(outcome);
            if (outcomes.Count == 1) File.Delete(files[1]);
        }

        outcomes.Select(outcome => (outcome.IsTaken, outcome.Fault?.Fault)).ShouldBe([(true, null), (false, NetworkFault.UnsuitableFile), (true, null)]);
    }

    private static Task<Receiver> FindingAsync(int matches) => Receiver.StartAsync(
        service: new OpenHouse(new FindService([Find], (_, _) => Enumerable.Range(0, matches).Select(i => new DicomDataset().Set(DicomTag.StudyInstanceUID, $"1.2.{i}")).ToAsyncEnumerable())));
}
