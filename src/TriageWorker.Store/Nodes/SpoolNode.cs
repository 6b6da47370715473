namespace TriageWorker.Store;

/// <summary>A spool as a node that others read images from. Times are database times.</summary>
/// <param name="Id">See <see cref="SpoolIdentity"/>.</param>
/// <param name="Name">What it is called to people: the host and the folder where it was last.</param>
/// <param name="Address">Under it its objects are read over WADO-RS; null: it is not served.</param>
/// <param name="HeardAt">When the process that receives into it last said that it is there; null: never.</param>
/// <param name="IsAway">Not heard of for longer than it said, or never.</param>
/// <param name="LastAbsence">How long it was away when it was away last; null: never yet.</param>
public sealed record SpoolNode(Guid Id, string Name, Uri? Address, DateTimeOffset? HeardAt, bool IsAway, TimeSpan? LastAbsence)
{
    /// <summary>One of which nobody has told.</summary>
    public static SpoolNode Unknown(Guid id) => new(id, id.ToString(), null, null, IsAway: true, null);
}

/// <summary>A study that is not scored yet because images of it cannot be read from the node that holds them.</summary>
/// <param name="Images">That the node holds and that are missing.</param>
/// <param name="TriedAt">When they were last asked for.</param>
public sealed record ImageWait(SpoolNode Node, int Images, string Because, DateTimeOffset Since, DateTimeOffset TriedAt);
