namespace TriageWorker.Host.Tests.Verbs;

/// <summary>The oldest transaction of the whole server matters to these tests, so no others run beside them.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class HorizonTests;
