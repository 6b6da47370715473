namespace TriageWorker.Host.Tests;

/// <summary>Tests that set variables of their own process run beside no other: a program that another test starts would inherit them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class EnvironmentTests;
