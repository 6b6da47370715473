namespace TriageWorker.Dicom.Network;

/// <summary>How an association ended and what it brought.</summary>
/// <param name="Objects">Objects answered with success or warning.</param>
/// <param name="Refused">Objects answered with a failure.</param>
/// <param name="Bytes">Data set bytes received, whatever became of them.</param>
public sealed record AssociationEnding(EndingKind Kind, string Because, int Objects, int Refused, long Bytes);
