namespace TriageWorker.Triage;

/// <summary>How urgently the study was ordered, as a person or the order system said it. Never lowered by the product.</summary>
public enum OrderClass
{
    Routine = 0,
    Urgent = 1,
    Stat = 2,
}
