namespace TriageWorker.Models.Sessions;

/// <summary>What computes a graph. Ordered from what always works to what is fastest.</summary>
public enum ExecutionProvider
{
    Cpu,
    Cuda,
    TensorRt,
}
