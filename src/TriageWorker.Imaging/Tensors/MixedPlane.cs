namespace TriageWorker.Imaging.Tensors;

/// <summary>A plane of the tensor, in Hounsfield units: between two resampled slices, with the share of the higher one.</summary>
internal readonly record struct MixedPlane(float[] Low, float[] High, float Share);
