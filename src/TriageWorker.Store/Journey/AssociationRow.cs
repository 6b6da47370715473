namespace TriageWorker.Store;

/// <summary>An association that brought images of a study.</summary>
/// <param name="Images">How many of this study.</param>
/// <param name="Objects">How many objects in all, of whichever study.</param>
/// <param name="Ending">Null while it is open, or counts as open.</param>
public sealed record AssociationRow(Guid Id, string Node, string CallingAe, string PeerAddress, DateTimeOffset OpenedAt, int Images, int Objects, int Refused,
    DateTimeOffset? EndedAt, AssociationEnding? Ending);

/// <summary>Images whose UID is known with more than one content.</summary>
/// <param name="At">When the last of them came.</param>
/// <param name="Because">What a comparison of two syntaxes found, as clauses; null where there was none to make.</param>
public sealed record ConflictingImages(int Images, DateTimeOffset At, string? Because = null);
