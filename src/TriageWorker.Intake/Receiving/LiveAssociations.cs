using System.Collections.Concurrent;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using Ending = TriageWorker.Store.AssociationEnding;

namespace TriageWorker.Intake;

/// <summary>One association of this process, until its end is in the database.</summary>
internal sealed class LiveAssociation(AssociationCaller caller, CallerTreatment treatment, DateTimeOffset openedAt)
{
    private int _objects, _refused;
    private long _bytes;

    public AssociationCaller Caller => caller;

    public CallerTreatment Treatment => treatment;

    public DateTimeOffset OpenedAt => openedAt;

    /// <summary>When its row was last written; null before the first time.</summary>
    public DateTimeOffset? StoredAt { get; set; }

    /// <summary>Set once, with the final counts already in place.</summary>
    public Ending? Ending { get; private set; }

    public void CountKept(long bytes)
    {
        Interlocked.Increment(ref _objects);
        Interlocked.Add(ref _bytes, bytes);
    }

    public void End(Dicom.Network.AssociationEnding ending)
    {
        (_objects, _refused, _bytes) = (ending.Objects, ending.Refused, ending.Bytes);
        Ending = EndingOf(ending.Kind);
    }

    public static Ending EndingOf(EndingKind kind) => kind switch
    {
        EndingKind.Released => Store.AssociationEnding.Released,
        EndingKind.Lost => Store.AssociationEnding.Lost,
        _ => Store.AssociationEnding.Aborted,
    };

    public AssociationArrival Arrival(TimeSpan leaseFor, bool withEnding) => new(
        caller.AssociationId, caller.CallingAe, caller.CalledAe, $"{caller.Remote}", openedAt, leaseFor,
        Volatile.Read(ref _objects), Volatile.Read(ref _refused), Volatile.Read(ref _bytes), withEnding ? Ending : null) { ForwardTo = treatment.Forward };
}

/// <summary>The associations whose rows are not final yet.</summary>
internal sealed class LiveAssociations
{
    private readonly ConcurrentDictionary<Guid, LiveAssociation> _live = new();

    public IReadOnlyList<LiveAssociation> All => [.. _live.Values];

    public LiveAssociation Open(AssociationCaller caller, CallerTreatment treatment, DateTimeOffset now) =>
        _live.GetOrAdd(caller.AssociationId, _ => new LiveAssociation(caller, treatment, now));

    public void Forget(IEnumerable<LiveAssociation> ended)
    {
        foreach (var association in ended) _live.TryRemove(association.Caller.AssociationId, out _);
    }
}
