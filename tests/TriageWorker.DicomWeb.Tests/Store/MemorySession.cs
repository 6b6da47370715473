using TriageWorker.Dicom.Network;

namespace TriageWorker.DicomWeb.Tests.Store;

/// <summary>Keeps the instances of one request in memory, and remembers what it was told.</summary>
internal sealed class MemorySession : IStorageSession
{
    private readonly TaskCompletionSource<AssociationEnding> _ended = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource _kept = new(TaskCreationOptions.RunContinuationsAsynchronously);

    /// <summary>Data sets by SOP Instance UID.</summary>
    public Dictionary<string, byte[]> Kept { get; } = [];

    public List<(StoreVerdict Verdict, string Because)> Refusals { get; } = [];

    /// <summary>SOP Instance UIDs of what was set aside.</summary>
    public List<string> SetAside { get; } = [];

    /// <summary>Whose bytes cannot be written, as on a full disk.</summary>
    public Predicate<StoreHead> IsInTrouble { get; set; } = _ => false;

    /// <summary>How the request ended, told exactly once.</summary>
    public Task<AssociationEnding> Ended => _ended.Task;

    /// <summary>Completed when the first instance is kept.</summary>
    public Task FirstKept => _kept.Task;

    public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken) => new(new Instance(this, head));

    public void Refused(StoreHead head, StoreVerdict verdict, string because) => Refusals.Add((verdict, because));

    public ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken)
    {
        _ended.SetResult(ending);
        return ValueTask.CompletedTask;
    }

    private sealed class Instance(MemorySession session, StoreHead head) : IIncomingObject
    {
        private readonly MemoryStream _bytes = new();

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken) =>
            session.IsInTrouble(head) ? throw new IOException("the disk is full: /some/folder") : _bytes.WriteAsync(bytes, cancellationToken);

        public ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken)
        {
            session.Kept.Add(head.SopInstanceUid, _bytes.ToArray());
            session._kept.TrySetResult();
            return new(StoreVerdict.Stored);
        }

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken)
        {
            session.SetAside.Add(head.SopInstanceUid);
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync() => _bytes.DisposeAsync();
    }
}
