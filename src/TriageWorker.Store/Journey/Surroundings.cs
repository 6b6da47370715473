using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>What is around a study that waits: who works, what is before it, and what work took lately. All of database time.</summary>
/// <param name="Evidence">Why it is not complete yet, or was.</param>
/// <param name="Ahead">Before its next row of work; null when it has none that is due.</param>
/// <param name="RecentScorings">What the newest results took, the newest first.</param>
/// <param name="Down">The destinations that are down, by name.</param>
public sealed record Surroundings(
    DateTimeOffset Now, StudyEvidence Evidence, IReadOnlyList<NodeRow> Nodes, QueueAhead? Ahead, IReadOnlyList<TimeSpan> RecentScorings,
    IReadOnlyDictionary<string, LaneDown> Down)
{
    /// <summary>The node that it waits for; null when its images can be read, as far as is known.</summary>
    public ImageWait? Images { get; init; }
}

/// <summary>A destination whose breaker is open: nothing is tried but one document now and then.</summary>
/// <param name="NextProbe">When the next one goes.</param>
public sealed record LaneDown(string Reason, DateTimeOffset Since, DateTimeOffset NextProbe);

/// <summary>What stands before a row of its stage.</summary>
/// <param name="Due">Rows that are due and more urgent.</param>
/// <param name="Running">Rows that are being worked on.</param>
public sealed record QueueAhead(Stage Stage, int Due, int Running);

/// <summary>A study from its first association to now, what it waits for, and when that is expected to be over.</summary>
/// <param name="Eta">Null when nothing is waited for.</param>
public sealed record StudyJourney(StudyPage Page, IReadOnlyList<Hop> Hops, WaitsFor WaitsFor, Eta? Eta, DateTimeOffset Now)
{
    /// <summary>What there is to say of its images: removed, missing, in conflict. A sentence each.</summary>
    public IReadOnlyList<string> Remarks { get; init; } = [];
}
