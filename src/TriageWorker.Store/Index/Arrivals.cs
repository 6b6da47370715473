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
    int Objects, int Refused, long Bytes, AssociationEnding? Ending = null)
{
    /// <summary>Destinations that get the originals that it brings; fixed when its row is first written. Null: not said.</summary>
    public IReadOnlyList<string>? ForwardTo { get; init; }
}

/// <summary>A study as the headers of its first image describe it, and how its caller is set up.</summary>
/// <param name="Caller">Equal to <see cref="AssociationArrival.CallingAe"/>: open associations of the same caller keep the study open.</param>
/// <param name="IdleTime">Nothing for this long, and the study may be complete.</param>
public sealed record StudyArrival(StudyUid Uid, string Caller, OrderClass Order, TimeSpan IdleTime)
{
    /// <summary>The site has set the idle time for this very caller: nothing that is learned of it changes that.</summary>
    public bool IsIdleTimeFixed { get; init; }

    public string? PatientId { get; init; }

    public string? PatientName { get; init; }

    public string? BirthDate { get; init; }

    public string? Sex { get; init; }

    public string? Accession { get; init; }

    public string? StudyDate { get; init; }

    public string? StudyTime { get; init; }

    public string? Description { get; init; }

    public string? StudyId { get; init; }

    public string? ReferringPhysician { get; init; }

    /// <summary>Becomes the study's trace where it has none yet (W3C traceparent); null when nobody traces.</summary>
    public string? TraceParent { get; init; }
}

public sealed record SeriesArrival(SeriesUid Uid, string? Modality, string? Description)
{
    public int? Number { get; init; }
}

/// <summary>One synced file of the spool.</summary>
/// <param name="Digest">SHA-256 over the data set without file meta, 32 bytes.</param>
/// <param name="Path">Where the spool keeps it, relative to the spool.</param>
public sealed record InstanceArrival(
    SopInstanceUid Sop, byte[] Digest, StudyArrival Study, SeriesArrival Series, string SopClass, string TransferSyntax,
    string Path, long Bytes, Guid? AssociationId, DateTimeOffset ReceivedAt)
{
    public int? Number { get; init; }

    /// <summary>Where it lies; null when it does not say, or is no slice.</summary>
    public SlicePlace? Place { get; init; }
}

/// <summary>Where a slice lies.</summary>
/// <param name="Plane">The direction of its normal, see <see cref="PlaneOf"/>.</param>
/// <param name="Millimetres">Along that normal.</param>
public readonly record struct SlicePlace(int Plane, double Millimetres)
{
    private const int Steps = 500, Bits = 10;

    /// <summary>A direction in steps of 1/500 on each axis, packed: slices of one stack have the same.</summary>
    public static int PlaneOf(double x, double y, double z) => (Step(x) << (2 * Bits)) | (Step(y) << Bits) | Step(z);

    /// <summary>The slices lie across the body: their normal is nearer to head-foot than to any other axis.</summary>
    public static bool IsAxial(int plane)
    {
        const int Mask = (1 << Bits) - 1;
        var (x, y, z) = (Math.Abs(((plane >> (2 * Bits)) & Mask) - Steps), Math.Abs(((plane >> Bits) & Mask) - Steps), Math.Abs((plane & Mask) - Steps));
        return z > Math.Max(x, y);
    }

    private static int Step(double cosine) => (int)Math.Round((Math.Clamp(cosine, -1, 1) + 1) * Steps);
}

/// <summary>What a listener commits at once.</summary>
public sealed record IndexBatch(IReadOnlyList<AssociationArrival> Associations, IReadOnlyList<InstanceArrival> Instances)
{
    /// <summary>Where the files lie (<see cref="Store.Spool.Id"/>); null where nobody says.</summary>
    public Guid? Spool { get; init; }
}

/// <param name="Added">Images that were not known with this content.</param>
/// <param name="Conflicts">SOP Instance UIDs that are now known with more than one content.</param>
public sealed record IndexResult(int Added, IReadOnlyList<SopInstanceUid> Conflicts)
{
    /// <summary>The trace of each study in the batch that has one, which may be older than the batch's own.</summary>
    public IReadOnlyDictionary<StudyUid, string> Traces { get; init; } = new Dictionary<StudyUid, string>();
}
