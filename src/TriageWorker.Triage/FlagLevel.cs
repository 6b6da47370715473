namespace TriageWorker.Triage;

/// <summary>How far a machine finding moves a study up. <see cref="None"/> keeps standard care.</summary>
public enum FlagLevel
{
    None = 0,
    Medium = 1,
    High = 2,
}
