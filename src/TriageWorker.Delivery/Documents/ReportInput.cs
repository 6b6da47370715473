using TriageWorker.Dicom;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>An image that was read.</summary>
public sealed record SourceImage(string SopClassUid, string SopInstanceUid);

/// <summary>The series that was read.</summary>
/// <param name="FrameOfReferenceUid">Null when the images do not say it.</param>
public sealed record SourceSeries(string SeriesUid, string? FrameOfReferenceUid, IReadOnlyList<SourceImage> Images);

/// <summary>The last document that a destination got for the study before this one: of another kind and class, perhaps.</summary>
public sealed record Predecessor(string SopClassUid, string SeriesUid, string SopInstanceUid);

/// <summary>Which thresholds decided.</summary>
public sealed record DecidingPolicy(string Id, string Version, string Digest, IReadOnlyList<ApprovedFinding> Approved);

/// <summary>All that a document says. Equal input gives equal bytes.</summary>
/// <param name="Header">An image of the study, for what is copied: patient, study, time zone.</param>
/// <param name="Sentence">The decision in one sentence.</param>
/// <param name="StartedAt">When the analysis began.</param>
/// <param name="DecidedAt">When the document's content was fixed.</param>
/// <param name="InstanceNumber">1, and one more for each document that replaces an earlier one.</param>
public sealed record ReportInput(
    StudyUid Study, DicomDataset Header, Verdict Verdict, string Sentence, IReadOnlyList<Flag> Flags, bool Demonstration,
    DateTimeOffset StartedAt, DateTimeOffset DecidedAt, int InstanceNumber)
{
    /// <summary>Device Serial Number (0018,1000) of this installation.</summary>
    public required string SerialNumber { get; init; }

    /// <summary>What may be said of them (<see cref="Disclosure.Sent"/>); null when nothing could be scored, or nothing may be said.</summary>
    public StudyScores? Scores { get; init; }

    public DecidingPolicy? Policy { get; init; }

    public SourceSeries? Series { get; init; }

    public Predecessor? Predecessor { get; init; }

    /// <summary>For images that do not say their time zone; null when the site does not say one either.</summary>
    public TimeZoneInfo? SiteZone { get; init; }

    public FlagLevel Level => Flags.Count == 0 ? FlagLevel.None : Flags.Max(flag => flag.Level);
}

/// <summary>How a study ended; see <see cref="Outcome"/>.</summary>
public enum Verdict
{
    Positive,
    Negative,
    NotAnalysed,
}
