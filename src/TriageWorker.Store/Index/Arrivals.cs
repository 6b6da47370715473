using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>How an association ended. <see cref="Lost"/>: its process died, or its lease ran out.</summary>
public enum AssociationEnding
{
    Released,
    Aborted,
    Lost,
}

/// <summary>An association as its listener sees it now. The counters are totals, so writing it twice changes nothing.</summary>
/// <param name="LeaseFor">How long it counts as open without being written again.</param>
/// <param name="Ending">Given once its last file is in this or an earlier batch.</param>
public sealed record AssociationArrival(
    Guid Id, string CallingAe, string CalledAe, string PeerAddress, DateTimeOffset OpenedAt, TimeSpan LeaseFor,
    int Objects, int Refused, long Bytes, AssociationEnding? Ending = null);

/// <summary>A study as the headers of its first image describe it, and how its caller is set up.</summary>
/// <param name="Caller">Equal to <see cref="AssociationArrival.CallingAe"/>: open associations of the same caller keep the study open.</param>
/// <param name="IdleTime">Nothing for this long, and the study may be complete.</param>
public sealed record StudyArrival(StudyUid Uid, string Caller, OrderClass Order, TimeSpan IdleTime)
{
    public string? PatientId { get; init; }

    public string? PatientName { get; init; }

    public string? BirthDate { get; init; }

    public string? Sex { get; init; }

    public string? Accession { get; init; }

    public string? StudyDate { get; init; }

    public string? StudyTime { get; init; }

    public string? Description { get; init; }

    /// <summary>Becomes the study's trace where it has none yet (W3C traceparent); null when nobody traces.</summary>
    public string? TraceParent { get; init; }
}

public sealed record SeriesArrival(SeriesUid Uid, string? Modality, string? Description);

/// <summary>One synced file of the spool.</summary>
/// <param name="Digest">SHA-256 over the data set without file meta, 32 bytes.</param>
/// <param name="Path">Where the spool keeps it, relative to the spool.</param>
public sealed record InstanceArrival(
    SopInstanceUid Sop, byte[] Digest, StudyArrival Study, SeriesArrival Series, string SopClass, string TransferSyntax,
    string Path, long Bytes, Guid? AssociationId, DateTimeOffset ReceivedAt)
{
    /// <summary>The spool that holds it, see <see cref="SpoolIdentity"/>; null: whoever has the file.</summary>
    public string? Node { get; init; }
}

/// <summary>What a listener commits at once.</summary>
public sealed record IndexBatch(IReadOnlyList<AssociationArrival> Associations, IReadOnlyList<InstanceArrival> Instances);

/// <param name="Added">Images that were not known with this content.</param>
/// <param name="Conflicts">SOP Instance UIDs that are now known with more than one content.</param>
public sealed record IndexResult(int Added, IReadOnlyList<SopInstanceUid> Conflicts)
{
    /// <summary>The trace of each study in the batch that has one, which may be older than the batch's own.</summary>
    public IReadOnlyDictionary<StudyUid, string> Traces { get; init; } = new Dictionary<StudyUid, string>();
}
