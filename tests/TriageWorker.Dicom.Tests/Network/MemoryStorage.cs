using System.Collections.Concurrent;
using System.Net;
using System.Threading.Channels;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Keeps data sets in memory and says what it was told; the smallest real service behind the receiver.</summary>
internal sealed class MemoryStorage : IAssociationService
{
    private readonly Channel<AssociationEnding> _endings = Channel.CreateUnbounded<AssociationEnding>();
    private readonly Channel<bool> _keeping = Channel.CreateUnbounded<bool>();
    private readonly Channel<string> _dismissals = Channel.CreateUnbounded<string>();

    /// <summary>The SOP Instance UIDs of all objects that were begun, in order, whatever became of them.</summary>
    public ConcurrentQueue<string> Begun { get; } = [];

    /// <summary>Data sets by SOP Instance UID.</summary>
    public ConcurrentDictionary<string, byte[]> Kept { get; } = new();

    /// <summary>The same in the order they were kept, also those that replaced another, with what their commands said.</summary>
    public ConcurrentQueue<(StoreHead Head, byte[] DataSet)> Arrivals { get; } = [];

    /// <summary>What came of objects that were at fault.</summary>
    public ConcurrentDictionary<string, byte[]> SetAside { get; } = new();

    public ConcurrentBag<(StoreVerdict Verdict, string Because)> Refusals { get; } = [];

    /// <summary>Who asked for an association, in order.</summary>
    public ConcurrentQueue<AssociationCaller> Callers { get; } = [];

    public AssociateReject? RejectWith { get; set; }

    /// <summary>What is offered to a caller beside storage.</summary>
    public Func<AssociationCaller, IReadOnlyList<DimseService>> Beside { get; set; } = _ => [];

    /// <summary>The answer to a caller who shows a user.</summary>
    public UserIdentityResponse? Recognised { get; set; }

    /// <summary>When set, each write fails with it, as a full disk does.</summary>
    public IOException? Trouble { get; set; }

    /// <summary>What keeping an object waits for.</summary>
    public Task Disk { get; set; } = Task.CompletedTask;

    /// <summary>What writing a piece of an object waits for.</summary>
    public Func<ReadOnlyMemory<byte>, ValueTask> Writing { get; set; } = _ => ValueTask.CompletedTask;

    /// <summary>The answer to an object that came whole.</summary>
    public Func<StoreHead, ValueTask<StoreVerdict>> Judge { get; set; } = _ => new(StoreVerdict.Stored);

    public ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken)
    {
        Callers.Enqueue(caller);
        return new(RejectWith is { } reject
            ? new Admission.Rejected(reject)
            : new Admission.Accepted([new StorageService(new Session(this)), .. Beside(caller)]) { Identity = Recognised });
    }

    public void Dismissed(EndPoint? remote, string because) => _dismissals.Writer.TryWrite(because);

    public ValueTask<AssociationEnding> NextEndingAsync() => _endings.Reader.ReadAsync(TestContext.Current.CancellationToken);

    /// <summary>Waits until an object has come to its end and is about to be kept.</summary>
    public async Task NextKeepingAsync() => await _keeping.Reader.ReadAsync(TestContext.Current.CancellationToken);

    public ValueTask<string> NextDismissalAsync() => _dismissals.Reader.ReadAsync(TestContext.Current.CancellationToken);

    private sealed class Session(MemoryStorage storage) : IStorageSession
    {
        public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken)
        {
            storage.Begun.Enqueue(head.SopInstanceUid);
            return new(new Incoming(storage, head));
        }

        public void Refused(StoreHead head, StoreVerdict verdict, string because) => storage.Refusals.Add((verdict, because));

        public ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken) => storage._endings.Writer.WriteAsync(ending, cancellationToken);
    }

    private sealed class Incoming(MemoryStorage storage, StoreHead head) : IIncomingObject
    {
        private readonly MemoryStream _bytes = new();

        public async ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            if (storage.Trouble is { } trouble) throw trouble;
            await storage.Writing(bytes);
            _bytes.Write(bytes.Span);
        }

        public async ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken)
        {
            storage._keeping.Writer.TryWrite(true);
            await storage.Disk;
            if (await storage.Judge(head) is var verdict and not StoreVerdict.Stored) return verdict;
            storage.Arrivals.Enqueue((head, _bytes.ToArray()));
            storage.Kept[head.SopInstanceUid] = _bytes.ToArray();
            return StoreVerdict.Stored;
        }

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken)
        {
            storage.SetAside[head.SopInstanceUid] = _bytes.ToArray();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => _bytes.DisposeAsync();
    }
}
