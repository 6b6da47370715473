using TriageWorker.Triage;

namespace TriageWorker.Store;

/// <summary>A row of <c>work</c> that somebody holds. Its fence is what a completion must still find in the row.</summary>
/// <param name="Key">What the work is about within its stage: the study UID for closing and scoring, the delivery id for delivery.</param>
/// <param name="Attempt">1 for the first claim.</param>
/// <param name="Exhausted">No further attempt is allowed or would help: whoever holds it now settles the study for good, and the row ends dead.</param>
public sealed record LeasedWork(long Id, Stage Stage, string Key, StudyUid Study, long Fence, int Attempt, bool Exhausted, string? LastError)
{
    /// <summary>What ends it without its purpose, when that is known by whoever ends it; else the row's last failure is.</summary>
    public WorkFault? Fault { get; private init; }

    /// <summary>The same claim, whose completion by whichever store is an end without its purpose: a dead letter.</summary>
    public LeasedWork EndedBy(WorkFault fault) => this with { Exhausted = true, Fault = fault };

    /// <summary>Ids of the packages that are done with it since it was pushed.</summary>
    public IReadOnlyList<string> Parts { get; init; } = [];

    /// <summary>The one package whose word its completion is; null where a completion ends all of it.</summary>
    public WorkPart? Part { get; private init; }

    /// <summary>The same claim, of which one package does its part: while <paramref name="rest"/> has any, completing it makes it due again for them.</summary>
    public LeasedWork For(PackageIdentity package, IReadOnlyList<PackageIdentity> rest) => this with { Part = new(package, rest) };

    /// <summary>The trace that its pusher was part of (W3C traceparent); null when nobody traced.</summary>
    public string? TraceParent { get; init; }
}

/// <summary>What one package does of a row's work.</summary>
/// <param name="Rest">The packages that come after it.</param>
public sealed record WorkPart(PackageIdentity Package, IReadOnlyList<PackageIdentity> Rest);

/// <summary>
/// The lease was lost (it expired and another took it, or newer images made the work start again). Nothing was committed;
/// whoever holds the work now does it.
/// </summary>
public sealed class LeaseLostException(LeasedWork work)
    : Exception($"The lease on {work.Stage} work {work.Id} (fence {work.Fence}) is held by another or was pushed again.");
