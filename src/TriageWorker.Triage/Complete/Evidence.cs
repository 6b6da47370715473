namespace TriageWorker.Triage;

/// <summary>How the associations ended that brought a study's images.</summary>
/// <param name="Aborted">By either side: the caller may not have sent all it wanted to.</param>
/// <param name="Lost">The connection broke, the listener died, or the lease ran out.</param>
public sealed record AssociationEndings(int Released, int Aborted, int Lost);

/// <summary>What made a series closed.</summary>
public enum ClosedBy
{
    /// <summary>Everything on its lists is here, and nothing that is on none.</summary>
    Manifest,

    /// <summary>Its slices have no gap, and it is enough for a model.</summary>
    Geometry,

    /// <summary>Nothing came for the idle time.</summary>
    Idle,

    /// <summary>The study never went quiet.</summary>
    Ceiling,

    /// <summary>It could not be judged.</summary>
    Fault,

    /// <summary>This product made it.</summary>
    Own,
}

/// <summary>What is known of one series.</summary>
/// <param name="ClosedBy">Null while it is open.</param>
/// <param name="IsListed">Each of its images is on a list, and of those lists nothing is missing.</param>
/// <param name="IsAwaited">One of its lists names images that are not here.</param>
/// <param name="Stack">Null when its images do not say where they lie, or lie in several directions.</param>
/// <param name="Qualifies">A model in use could read it, as far as places tell.</param>
public sealed record SeriesEvidence(SeriesUid Uid, int Images, ClosedBy? ClosedBy, bool IsListed, bool IsAwaited, SliceStack? Stack, bool Qualifies);

/// <summary>What is known of a study that may be complete.</summary>
/// <param name="OpenAssociations">Associations of the study's callers that are open on any node.</param>
/// <param name="IdleTime">How long its caller must be quiet: the site's word, or longer where the caller is known to pause.</param>
public sealed record StudyEvidence(
    int Images, DateTimeOffset LastImageAt, int OpenAssociations, AssociationEndings Endings, TimeSpan IdleTime, DateTimeOffset Now)
{
    /// <summary>The caller's learned pause: after it a series without a gap is closed.</summary>
    public TimeSpan Pause { get; init; } = CallerPace.LeastPause;

    /// <summary>Why the caller is waited for longer than the site says, as a clause; null when it is not.</summary>
    public string? Learned { get; init; }

    /// <summary>Empty: the study is judged as a whole.</summary>
    public IReadOnlyList<SeriesEvidence> Series { get; init; } = [];

    /// <summary>Null when no list names any of its images.</summary>
    public Manifest? Manifest { get; init; }

    /// <summary>Of the first image since it was last complete; null: there is no ceiling.</summary>
    public DateTimeOffset? OpenSince { get; init; }

    /// <summary>A study that is open for so long is scored with what is there.</summary>
    public TimeSpan Ceiling { get; init; }

    public TimeSpan Quiet => Now - LastImageAt;
}
