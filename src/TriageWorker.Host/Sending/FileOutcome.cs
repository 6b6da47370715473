namespace TriageWorker.Host.Sending;

/// <summary>What became of one file on its way to a receiver.</summary>
public enum FileFate
{
    /// <summary>The receiver has it, perhaps with a remark.</summary>
    Stored,

    /// <summary>The receiver answered with a failure status, or accepts nothing of its kind.</summary>
    Refused,

    /// <summary>It was never offered, or the connection broke before the answer.</summary>
    NotSent,

    /// <summary>It is no DICOM file that can be sent.</summary>
    NotDicom,
}

/// <param name="Words">The receiver's status or the reason, for a person.</param>
public sealed record FileOutcome(string Path, FileFate Fate, string Words);
