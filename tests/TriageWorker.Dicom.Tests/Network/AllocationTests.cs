using System.IO.Pipelines;
using System.Threading.Tasks.Sources;
using TriageWorker.Dicom.Network;
using TriageWorker.Testing;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>What an object costs must not grow with the number of PDUs it comes in.</summary>
public sealed class AllocationTests
{
    private const int Pdu = 4 * 1024, Few = 16, Many = 4_016;

    private static readonly TimeSpan s_minute = TimeSpan.FromMinutes(1);

    // On one thread, which meets every wait: for the next PDU, for the keeper, for the peer to take more, for the file.

    [Theory, InlineData(false), InlineData(true)]
    public Task Receiving_allocates_nothing_per_pdu_also_when_the_keeper_is_waited_for(bool isSlow)
    {
        var session = new NowhereSession { IsSlow = isSlow };
        var handler = new DicomConnectionHandler(new DicomScpOptions(), new OpenHouse(new StorageService(session)), TimeProvider.System);
        return ShouldAllocateNothingPerPduAsync(pdus => ReceiveAsync(handler, session, pdus));
    }

    [Fact]
    public async Task Sending_a_file_allocates_nothing_per_pdu_and_reads_it_without_another_thread()
    {
        using var folder = new TemporaryFolder();
        await ShouldAllocateNothingPerPduAsync(async pdus =>
        {
            var path = folder.At($"{pdus}");
            await File.WriteAllBytesAsync(path, new byte[(pdus + 2) * Pdu], TestContext.Current.CancellationToken);
            await using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.Read, bufferSize: 0);
            return await SendAsync(file, pdus, () => { });
        });
    }

    [Fact]
    public Task Sending_what_comes_slowly_allocates_nothing_per_pdu() => ShouldAllocateNothingPerPduAsync(async pdus =>
    {
        await using var stream = new SlowStream((pdus + 2) * Pdu);
        return await SendAsync(stream, pdus, stream.GoOn);
    });

    private static async Task ShouldAllocateNothingPerPduAsync(Func<int, Task<long>> measure)
    {
        await measure(Few); // compiles the code and fills the pools
        var few = await measure(Few);
        // A pool that a collection has just emptied is filled again, once; what is allocated per PDU is allocated each time.
        var many = Math.Min(await measure(Many), await measure(Many));
        ((many - few) / (Many - Few)).ShouldBe(0, $"{few} bytes for {Few} PDUs, {many} for {Many}");
    }

    /// <summary>Bytes allocated while a data set goes out, to a peer that takes one PDU at a time.</summary>
    /// <param name="bringMore">Has the data set's stream go on.</param>
    private static async Task<long> SendAsync(Stream dataSet, int pdus, Action bringMore)
    {
        var output = new Pipe(new(null, PipeScheduler.Inline, PipeScheduler.Inline, pauseWriterThreshold: Pdu / 2, resumeWriterThreshold: 1, useSynchronizationContext: false));
        var input = new Pipe();
        using var upper = new UpperLayer(
            input.Reader, output.Writer, isRequestor: true, new UpperLayerLimits(Pdu, s_minute, s_minute, s_minute), TimeProvider.System, () => { });
        await upper.RequestAsync(Wire.CtRequest());
        Take();
        await input.Writer.WriteAsync(ScriptedLink.Bytes(PduType.AssociateAccept), TestContext.Current.CancellationToken);
        (await upper.ReceiveAsync()).Kind.ShouldBe(IndicationKind.Accepted);
        var context = new PresentationContext(1, SampleObject.CtImageStorage, DicomUid.ExplicitVRLittleEndian, Performs: true, Invokes: true);
        var agreement = new Agreement(new Dictionary<byte, PresentationContext> { [1] = context }, Pdu, 1, 1);
        var limits = new MessageLimits(s_minute, s_minute, s_minute, 0, new MemoryBudget(0), new BytesInFlight(1), ScanLimits.Default, TimeProvider.System);
        var exchange = new MessageExchange(upper, agreement, limits, []);
        var sending = exchange.SendAsync(context, new CommandSet { Field = CommandField.StoreRequest, MessageId = 1, HasDataSet = true }, dataSet, CancellationToken.None).AsTask();
        bringMore();
        Take(); // the command and the first PDU
        bringMore();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < pdus; i++)
        {
            Take();
            bringMore();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        while (!sending.IsCompleted)
        {
            Take();
            bringMore();
        }

        await sending;
        return allocated;

        void Take()
        {
            output.Reader.TryRead(out var read).ShouldBeTrue(); // else it is not here that the next PDU is made
            output.Reader.AdvanceTo(read.Buffer.End);
        }
    }

    /// <summary>Bytes allocated for one object whose PDUs come one by one: the receiver waits before each, and goes on inline, on this thread.</summary>
    private static async Task<long> ReceiveAsync(DicomConnectionHandler handler, NowhereSession session, int pdus)
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
        session.GoOn();
        var before = GC.GetAllocatedBytesForCurrentThread();
        for (var i = 0; i < pdus; i++)
        {
            connection.Say(next);
            session.GoOn();
        }

        var allocated = GC.GetAllocatedBytesForCurrentThread() - before;
        connection.Say(last);
        session.GoOn();
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

    /// <summary>A wait that costs nothing, and goes on where it is told to.</summary>
    private sealed class Wait : IValueTaskSource, IValueTaskSource<int>
    {
        private ManualResetValueTaskSourceCore<int> _core;
        private bool _isWaiting;

        public ValueTask Begin()
        {
            _isWaiting = true;
            return new(this, _core.Version);
        }

        public ValueTask<int> BeginCount()
        {
            _isWaiting = true;
            return new(this, _core.Version);
        }

        /// <summary>Ends all waits there are; going on may well lead into the next.</summary>
        public void End(int result = 0)
        {
            while (_isWaiting)
            {
                _isWaiting = false;
                _core.SetResult(result);
            }
        }

        public void GetResult(short token) => Take(token);

        int IValueTaskSource<int>.GetResult(short token) => Take(token);

        public ValueTaskSourceStatus GetStatus(short token) => _core.GetStatus(token);

        public void OnCompleted(Action<object?> continuation, object? state, short token, ValueTaskSourceOnCompletedFlags flags) =>
            _core.OnCompleted(continuation, state, token, flags);

        private int Take(short token)
        {
            var result = _core.GetResult(token);
            _core.Reset();
            return result;
        }
    }

    /// <summary>So many zeros, each read of which waits.</summary>
    private sealed class SlowStream(int length) : Stream
    {
        private readonly Wait _wait = new();
        private int _asked;

        public override bool CanRead => true;

        public override bool CanSeek => true;

        public override bool CanWrite => false;

        public override long Length => length;

        public override long Position { get; set; }

        public void GoOn() => _wait.End(_asked);

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            _asked = (int)Math.Min(buffer.Length, length - Position);
            Position += _asked;
            return _wait.BeginCount();
        }

        public override int Read(byte[] buffer, int offset, int count) => throw new NotSupportedException("It would block.");

        public override void Flush()
        {
        }

        public override long Seek(long offset, SeekOrigin origin) => throw new NotSupportedException();

        public override void SetLength(long value) => throw new NotSupportedException();

        public override void Write(byte[] buffer, int offset, int count) => throw new NotSupportedException();
    }

    private sealed class NowhereSession : IStorageSession, IIncomingObject
    {
        private readonly Wait _wait = new();

        /// <summary>Whether each write waits for <see cref="GoOn"/>.</summary>
        public bool IsSlow { get; init; }

        public void GoOn() => _wait.End();

        public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken) => new(this);

        public void Refused(StoreHead head, StoreVerdict verdict, string because)
        {
        }

        public ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) => IsSlow ? _wait.Begin() : ValueTask.CompletedTask;

        public ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken) => new(StoreVerdict.Stored);

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken) => ValueTask.CompletedTask;

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
