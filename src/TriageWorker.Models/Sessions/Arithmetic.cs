namespace TriageWorker.Models.Sessions;

/// <summary>How a GPU computes what the graph has in single precision.</summary>
public enum Arithmetic
{
    /// <summary>CUDA may use TF32, TensorRT half precision: what they are fast with.</summary>
    Fast,

    /// <summary>Single precision throughout.</summary>
    Exact,
}
