namespace TriageWorker.Triage.Messages;

/// <summary>
/// Says that a stage has something due. It carries no work: whoever receives it looks into the database. So losing one,
/// or receiving it twice or late, costs time at the most. Never carries pixel or patient data.
/// </summary>
public sealed record WakeUp(Stage Stage, string StudyUid);
