namespace TriageWorker.Imaging.Tensors;

/// <summary>How many slices have been read, of those that the tensor needs.</summary>
public readonly record struct TensorProgress(int Read, int Needed);
