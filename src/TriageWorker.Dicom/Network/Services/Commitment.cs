namespace TriageWorker.Dicom.Network;

/// <summary>A request to keep these instances for good (PS3.4, J.3.2): the sender may delete its own when it is told that they are kept.</summary>
/// <param name="TransactionUid">Names the request in its report.</param>
public sealed record CommitmentRequest(string TransactionUid, IReadOnlyList<SopReference> Instances)
{
    internal const ushort ActionType = 1;

    internal static CommitmentRequest? From(DicomDataset dataSet) =>
        dataSet.GetString(DicomTag.TransactionUID) is { } transaction && SopReference.AllFrom(dataSet) is { Count: > 0 } instances
            ? new CommitmentRequest(transaction, instances)
            : null;

    internal static CommandSet Action() => new()
    {
        Field = CommandField.ActionRequest,
        MessageId = 0,
        AffectedSopClassUid = DicomUid.StorageCommitmentPushModel,
        AffectedSopInstanceUid = DicomUid.StorageCommitmentPushModelInstance,
        TypeId = ActionType,
    };

    internal DicomDataset ToDataset() => new DicomDataset()
        .Set(DicomTag.TransactionUID, TransactionUid)
        .Set(DicomTag.ReferencedSOPSequence, [.. Instances.Select(instance => instance.ToDataset())]);
}

/// <summary>Why an instance is not committed to (PS3.4, table J.3-2 and PS3.3, C.14.1.1).</summary>
public enum CommitmentFailure
{
    None = 0,
    ProcessingFailure = 0x0110,
    NoSuchInstance = 0x0112,
    ClassInstanceConflict = 0x0119,
    SopClassNotSupported = 0x0122,
    DuplicateTransaction = 0x0131,
    ResourceLimitation = 0x0213,
}

/// <summary>The report on a request (PS3.4, J.3.3): what is kept, and what is not and why.</summary>
public sealed record CommitmentResult(
    string TransactionUid, IReadOnlyList<SopReference> Committed, IReadOnlyList<(SopReference Instance, CommitmentFailure Reason)> Failed)
{
    // PS3.4, table J.3-2: 1 says that all are committed to, 2 that some are not.
    internal CommandSet Report() => new()
    {
        Field = CommandField.EventReportRequest,
        MessageId = 0,
        AffectedSopClassUid = DicomUid.StorageCommitmentPushModel,
        AffectedSopInstanceUid = DicomUid.StorageCommitmentPushModelInstance,
        TypeId = Failed.Count == 0 ? (ushort)1 : (ushort)2,
    };

    internal static CommitmentResult? From(DicomDataset dataSet)
    {
        var failed = new List<(SopReference, CommitmentFailure)>();
        foreach (var item in dataSet.GetSequence(DicomTag.FailedSOPSequence))
        {
            if (SopReference.From(item) is not { } reference) return null;
            failed.Add((reference, (CommitmentFailure)(item.GetInt32(DicomTag.FailureReason) ?? (int)CommitmentFailure.ProcessingFailure)));
        }

        return dataSet.GetString(DicomTag.TransactionUID) is { } transaction && SopReference.AllFrom(dataSet) is { } committed
            ? new CommitmentResult(transaction, committed, failed)
            : null;
    }

    internal DicomDataset ToDataset()
    {
        var dataSet = new DicomDataset().Set(DicomTag.TransactionUID, TransactionUid);
        if (Committed.Count > 0) dataSet.Set(DicomTag.ReferencedSOPSequence, [.. Committed.Select(instance => instance.ToDataset())]);
        if (Failed.Count > 0) dataSet.Set(DicomTag.FailedSOPSequence, [.. Failed.Select(failed => failed.Instance.ToDataset().Set(DicomTag.FailureReason, (int)failed.Reason))]);
        return dataSet;
    }
}
