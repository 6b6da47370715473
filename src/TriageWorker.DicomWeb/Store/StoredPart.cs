using TriageWorker.Dicom.Network;

namespace TriageWorker.DicomWeb;

/// <summary>What became of one part of a request.</summary>
/// <param name="Head">What its file meta says; null when it has none that can be read.</param>
/// <param name="Reason">Null: it is stored, and survives a crash. Else Failure Reason (0008,1197): those of <see cref="FailureReason"/>, and those of C-STORE for the same faults.</param>
internal sealed record StoredPart(StoreHead? Head, ushort? Reason)
{
    public string Study { get; init; } = "";

    public string Series { get; init; } = "";
}

/// <summary>Why an instance was not stored (PS3.18, table I.2-2), where it matters here.</summary>
internal static class FailureReason
{
    public const ushort SopClassNotSupported = 0x0122, OutOfResources = 0xA700, CannotUnderstand = 0xC000, TransferSyntaxNotSupported = 0xC122;
}
