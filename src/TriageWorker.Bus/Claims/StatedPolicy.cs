namespace TriageWorker.Bus;

/// <summary>A policy that is in force, in its own words, for people who ask what happens to work that fails.</summary>
/// <param name="Of">What it is about: a stage, or a destination that is down.</param>
public sealed record StatedPolicy(string Of, string Sentence);
