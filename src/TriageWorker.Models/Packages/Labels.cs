namespace TriageWorker.Models.Packages;

/// <summary>A coded meaning as DICOM writes it: value, scheme designator, meaning.</summary>
public sealed record LabelCode(string Value, string Scheme, string Meaning);

/// <summary>What one score is about.</summary>
/// <param name="Key">The product's own key, at most 16 characters (SH), scheme 99TRIAGE.</param>
/// <param name="Site">Where in the body, for findings that have a coded site.</param>
/// <param name="Held">Why the score is not told; null for all that are.</param>
public sealed record ScoreLabel(string Key, string Label, LabelCode Code, LabelCode? Site = null, string? Held = null);

/// <summary>A finding and the one vector that scores it: mean of its unit positive vectors less mean of its unit negative ones.</summary>
/// <param name="Direction">Not renormalised; its dot product with a unit image vector lies in [-2, 2].</param>
public sealed record FindingLabel(ScoreLabel Label, ReadOnlyMemory<float> Direction);
