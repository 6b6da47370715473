namespace TriageWorker.DicomWeb.Tests;

/// <summary>Tests that look at the memory of the process, which others use too.</summary>
[CollectionDefinition(DisableParallelization = true)]
public sealed class MemoryCollection;
