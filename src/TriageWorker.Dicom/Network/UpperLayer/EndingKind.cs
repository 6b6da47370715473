namespace TriageWorker.Dicom.Network;

/// <summary>Who ended an association.</summary>
public enum EndingKind
{
    /// <summary>One side was done, and the other agreed.</summary>
    Released,
    AbortedByCaller,
    /// <summary>This side: a protocol fault, a deadline, a stop of the service.</summary>
    AbortedByUs,
    /// <summary>The connection went away without a word.</summary>
    Lost,
}
