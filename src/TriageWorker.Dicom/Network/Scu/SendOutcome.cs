namespace TriageWorker.Dicom.Network;

/// <summary>What became of one file that was to be sent.</summary>
/// <param name="SopInstanceUid">Empty when the file is no DICOM object.</param>
/// <param name="Status">The peer's answer; null when there was none.</param>
/// <param name="Fault">Why there was none.</param>
public sealed record SendOutcome(string Path, string SopInstanceUid, DimseStatus? Status, DicomNetworkException? Fault)
{
    /// <summary>The peer has it, perhaps with a remark.</summary>
    public bool IsTaken => Status is { IsSuccess: true } or { IsWarning: true };

    /// <summary>The same file may be taken later without anybody changing anything.</summary>
    public bool IsRetryWorthwhile => Status?.IsRetryWorthwhile ?? Fault?.IsRetryWorthwhile ?? false;

    /// <summary>The status or the reason, for a person.</summary>
    public string Words => Status?.ToString() ?? Fault?.Message ?? "";
}

/// <summary>On whose behalf an object is stored: the C-MOVE's requestor and its message (PS3.7, 9.1.1.1.5).</summary>
public sealed record MoveOriginator(string Ae, ushort MessageId);
