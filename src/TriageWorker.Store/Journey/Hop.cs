namespace TriageWorker.Store;

/// <summary>A step on a study's way.</summary>
/// <param name="Step">What happened, in a word or two.</param>
/// <param name="Detail">The plain cause, or the figures. No names or birth dates.</param>
public sealed record Hop(DateTimeOffset At, string Step, string Detail);
