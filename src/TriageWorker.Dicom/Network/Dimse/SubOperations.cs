namespace TriageWorker.Dicom.Network;

/// <summary>How far a C-MOVE has come (PS3.7, 9.3.4.2): its C-STORE sub-operations, counted.</summary>
public readonly record struct SubOperations(int Remaining, int Completed, int Failed, int Warning);
