namespace TriageWorker.Triage;

/// <summary>A coded meaning as DICOM writes it (PS3.3 8.8): code value, coding scheme designator, code meaning.</summary>
public sealed record CodedConcept(string Value, string Scheme, string Meaning);
