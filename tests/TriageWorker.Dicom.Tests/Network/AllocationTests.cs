using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What an object costs must not grow with the number of PDUs it comes in.</summary>
public sealed class AllocationTests
{
    private const int Pdu = 4 * 1024, Few = 16, Many = 4_016;

    [Fact]
    public async Task Receiving_allocates_nothing_per_pdu()
    {
        var handler = new DicomConnectionHandler(new DicomScpOptions(), new OpenHouse(new StorageService(new NowhereSession())), TimeProvider.System);
        await MeasureAsync(handler, Few); // compiles the code and fills the pools
        var few = await MeasureAsync(handler, Few);
        var many = await MeasureAsync(handler, Many);
        ((many - few) / (Many - Few)).ShouldBe(0, $"{few} bytes for {Few} PDUs, {many} for {Many}");
    }

    /// <summary>Bytes allocated for one object whose PDUs come one by one: the receiver waits before each, and goes on inline, on this thread.</summary>
    private static async Task<long> MeasureAsync(DicomConnectionHandler handler, int pdus)
    {
        var sample = new SampleObject { PixelBytes = (pdus + 1) * Pdu };
        var command = Command(sample);
        var first = Data(sample.DataSetHead(), isLast: false);
        var next = Data(new byte[Pdu], isLast: false);
        var last = Data(new byte[Pdu], isLast: true);
        await using var connection = PipedConnection.Open(handler);
        connection.Say(Wire.CtRequest());
        connection.Say(command);
        connection.Say(first);
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < pdus; i++) connection.Say(next);
        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        connection.Say(last);
        connection.Say(Wire.ReleaseRequest());
        Wire.Statuses(await connection.HangUpAsync()).ShouldBe([DimseStatus.Success]);
        return allocated;
    }

    private static ReadOnlyMemory<byte> Command(SampleObject sample)
    {
        var pdu = new PduBuffer();
        new CommandSet
        {
            Field = CommandField.StoreRequest, MessageId = 1, HasDataSet = true,
            AffectedSopClassUid = SampleObject.CtImageStorage, AffectedSopInstanceUid = sample.SopInstanceUid,
        }.Write(pdu, 1);
        return pdu.Written;
    }

    private static ReadOnlyMemory<byte> Data(ReadOnlySpan<byte> bytes, bool isLast)
    {
        var pdu = new PduBuffer();
        var data = pdu.BeginPdu(PduType.Data);
        var value = pdu.BeginPdv(1, isCommand: false, isLast);
        pdu.Bytes(bytes).EndPdv(value).EndPdu(data);
        return pdu.Written;
    }

    private sealed class NowhereSession : IStorageSession, IIncomingObject
    {
        public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken) => new(this);

        public void Refused(StoreHead head, StoreVerdict verdict, string because)
        {
        }

        public ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken) => new(StoreVerdict.Stored);

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
