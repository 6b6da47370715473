namespace TriageWorker.Store;

/// <summary>A spool as it is known. Times are database times.</summary>
/// <param name="Name">See <see cref="SpoolIdentity"/>.</param>
/// <param name="Address">Under it its objects are read over WADO-RS; null: it is not served.</param>
/// <param name="IsAway">Not heard of for longer than it said.</param>
/// <param name="LastAbsence">How long it was away when it was away last; null: never yet.</param>
public sealed record SpoolNode(string Name, string Host, Uri? Address, DateTimeOffset SeenAt, bool IsAway, TimeSpan? LastAbsence);

/// <summary>A study that is not scored yet because images of it cannot be read from the node that holds them.</summary>
/// <param name="Images">That the node holds and that are missing.</param>
/// <param name="TriedAt">When they were last asked for.</param>
/// <param name="Spool">Null when the node has never been heard of.</param>
public sealed record ImageWait(string Node, int Images, string Because, DateTimeOffset Since, DateTimeOffset TriedAt, SpoolNode? Spool);
