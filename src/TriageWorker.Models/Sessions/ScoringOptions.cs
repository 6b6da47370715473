namespace TriageWorker.Models.Sessions;

/// <summary>How a model is run; what it computes is the package's alone.</summary>
public sealed record ScoringOptions
{
    /// <summary>The provider that must be used; null takes the fastest that works here and says which.</summary>
    public ExecutionProvider? Provider { get; init; }

    /// <summary>Which GPU.</summary>
    public int Device { get; init; }

    /// <summary>Cores for one score on the CPU; 0 for all.</summary>
    public int Threads { get; init; }

    /// <summary>
    /// Whether ONNX Runtime keeps the CPU memory of one score for the next. Faster by a little; a full-size Merlin then holds some 2.7 GB for good.
    /// </summary>
    public bool CpuMemoryArena { get; init; }

    /// <summary>How a GPU computes.</summary>
    public Arithmetic Arithmetic { get; init; }
}
