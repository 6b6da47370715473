using System.ComponentModel.DataAnnotations;

namespace TriageWorker.Intake;

/// <summary>
/// Section <c>Intake:Query</c>: searching the spool by C-FIND and having its images sent by C-MOVE. Who may is said by
/// <see cref="CallerOptions.Query"/> and <see cref="CallerOptions.MoveTo"/>; as shipped nobody may.
/// </summary>
public sealed record IntakeQueryOptions
{
    /// <summary>Matches of one C-FIND; where there are more, it ends with a failure after them.</summary>
    [Range(1, 1_000_000)]
    public int MaxMatches { get; set; } = 10_000;

    /// <summary>C-FIND requests that are answered at once; the next ones are refused for want of resources.</summary>
    [Range(1, 64)]
    public int MaxSearches { get; set; } = 4;

    /// <summary>The same of C-MOVE.</summary>
    [Range(1, 64)]
    public int MaxRetrievals { get; set; } = 2;

    /// <summary>Associations at once that ask for queries and bring no images, so that they never take all places of <see cref="IntakeOptions.MaxAssociations"/>.</summary>
    [Range(1, 1000)]
    public int MaxAssociations { get; set; } = 16;

    /// <summary>Where C-MOVE may send to, beside the <c>Destinations</c> of kind Dicom.</summary>
    public IReadOnlyList<MoveDestination> Destinations { get; set; } = [];
}

/// <summary>An application entity that images may be sent to.</summary>
public sealed record MoveDestination
{
    /// <summary>What it is called, as C-MOVE names it.</summary>
    [RegularExpression(@"^[ -\[\]-~]{1,16}$")]
    public string AeTitle { get; set; } = "";

    /// <summary>Its IP address or host name.</summary>
    public string Host { get; set; } = "";

    [Range(1, ushort.MaxValue)]
    public int Port { get; set; } = 104;
}
