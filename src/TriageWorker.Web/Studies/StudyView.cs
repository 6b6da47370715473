using System.Diagnostics.CodeAnalysis;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Web;

/// <summary>Everything about one study, as its page shows it and <c>/api/studies/{uid}</c> says it. Lists are oldest first.</summary>
/// <param name="Entry">How it stands on the list.</param>
/// <param name="Scores">Of the package whose word weighs most; null until something was scored, and in silent mode (<see cref="Disclosure.Shown"/>).</param>
/// <param name="Provenance">What made that package's newest result, also where its scores are not shown; null until something was scored.</param>
public sealed record StudyView(WorklistEntry Entry, StudyScored? Scores, Provenance? Provenance, IReadOnlyList<SeriesView> Series, IReadOnlyList<Said> Completeness,
    IReadOnlyList<Hop> Timeline, IReadOnlyList<PendingView> Pending, IReadOnlyList<DeliveryView> Deliveries, IReadOnlyList<AuditView> Audit)
{
    [SuppressMessage("Performance", "CA1822", Justification = "Serialised: only instance members stand in the JSON.")]
    public string UseLimitation => Sentences.UseLimitation;

    /// <summary>Who sent it: the calling AE title.</summary>
    public required string Caller { get; init; }

    /// <summary>What the other packages made of it.</summary>
    public IReadOnlyList<PackageView> Others { get; init; } = [];

    /// <summary>Its originals on their way to other archives.</summary>
    public IReadOnlyList<OriginalsView> Originals { get; init; } = [];

    /// <summary>What there is to say of its images: removed, missing, in conflict. A sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];

    /// <summary>What it waits for now.</summary>
    public required WaitsFor WaitsFor { get; init; }

    /// <summary>When that is expected to be over; null when nothing is waited for.</summary>
    public Eta? Eta { get; init; }
}

/// <summary>The newest result of one package.</summary>
/// <param name="Because">Its decision in one sentence.</param>
/// <param name="Scores">Null in silent mode.</param>
public sealed record PackageView(string Because, StudyScored? Scores, Provenance Provenance);

/// <summary>What the newest result says, as far as it may be shown.</summary>
/// <param name="Findings">Flagged first, then approved, then the rest; within each by score.</param>
public sealed record StudyScored(IReadOnlyList<FindingView> Findings, IReadOnlyList<PhenotypeScore> Phenotypes, IReadOnlyList<RiskScore> Risks)
{
    /// <summary>Of risks that come after the decision: that they are still to come, or why there are none; null when nothing is missing.</summary>
    public string? RisksRemark { get; init; }
}

/// <param name="Threshold">Null: the finding is not in use here, so its score is kept and raises nothing.</param>
/// <param name="Level">The level at which it is flagged now; none when it is not.</param>
public sealed record FindingView(string Key, string Label, double Score, double? Threshold, FlagLevel Level)
{
    /// <summary>Of a flagged finding, where its score comes from most; of no other, since there is nothing to look at.</summary>
    public AttentionView? Attention { get; init; }
}

/// <param name="Slice">"slice 57 of 120 (z = -123 mm)".</param>
/// <param name="Picture">Where that slice can be looked at.</param>
public sealed record AttentionView(string Slice, string SopUid, int? Frame, string Picture);

/// <summary>What is needed to make the same result again.</summary>
/// <param name="TensorDigest">SHA-256 of the model's input.</param>
/// <param name="Quality">Coverage and other figures of the input.</param>
/// <param name="Timings">Milliseconds by step.</param>
public sealed record Provenance(PackageIdentity Package, string? PolicyId, string? PolicyVersion, string? PolicyDigest, string GenerationId, string SeriesUid,
    string Provider, string CodeVersion, string TensorDigest, IReadOnlyDictionary<string, double> Quality, IReadOnlyDictionary<string, double> Timings);

/// <param name="Own">Made by this product: a document about the study, never an input.</param>
/// <param name="Chosen">True: read by the model. False: refused. Null: not looked at.</param>
public sealed record SeriesView(string SeriesUid, string? Modality, string? Description, int Images, bool Own, bool? Chosen, string? Reason);

/// <summary>A sentence and when it became true.</summary>
public sealed record Said(DateTimeOffset At, string Sentence);

/// <summary>Work that is not done: what the study waits for, or where it is stuck.</summary>
/// <param name="Dead">No further attempt is made by itself.</param>
public sealed record PendingView(string Stage, DateTimeOffset DueAt, int Attempts, bool Running, bool Dead, string? LastError);

/// <param name="State">due, delivered, withheld or failed.</param>
/// <param name="Because">Why it is as it is; of a due one, why the last attempt failed.</param>
/// <param name="Download">Where the document can be fetched from; null when it is not kept here.</param>
public sealed record DeliveryView(string Destination, string Document, string State, string? Because, DateTimeOffset CreatedAt, DateTimeOffset? DeliveredAt,
    string? SopUid, string? Download)
{
    internal bool IsTrouble => State == "failed" || (State == "due" && Because is not null);
}

/// <summary>The originals of one closing of the study for one destination.</summary>
/// <param name="Sent">Of its images, how many the destination has.</param>
/// <param name="State">due, delivered or failed.</param>
public sealed record OriginalsView(string Destination, int Images, int Sent, string State, string? Because, DateTimeOffset At)
{
    internal bool IsTrouble => State == "failed" || (State == "due" && Because is not null);
}

public sealed record AuditView(DateTimeOffset At, string Actor, string Event, string Detail);
