namespace TriageWorker.Imaging.Series;

/// <summary>What the pixels of a series say of its use for a model.</summary>
/// <param name="PartMm">Millimetres along the body in which the series shows what the model is for; null when that was not asked.</param>
/// <param name="Refusal">Why it is not for the model, as a clause; null when it is.</param>
public sealed record PixelLook(double? PartMm, string? Refusal);
