namespace TriageWorker.Dicom.Network;

/// <summary>Storage commitment as SCU: is sent the reports on its requests (PS3.4, J.3.3), over the association of the request or one that the SCP opens.</summary>
/// <param name="report">Takes the report; it may throw <see cref="DimseRefusalException"/>, for a transaction it does not know.</param>
public sealed class CommitmentReports(Func<CommitmentResult, CancellationToken, ValueTask> report) : DimseService
{
    internal override bool IsScu => true;

    internal override bool Knows(string sopClass) => sopClass == DicomUid.StorageCommitmentPushModel;

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.EventReportRequest && Knows(sopClass);

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) =>
        new(command.TypeId is 1 or 2 ? new DataSetOperation(limits, runsBeside: true, PerformAsync) : new RefusedOperation(DimseStatus.NoSuchEventType));

    private async ValueTask PerformAsync(DicomDataset dataSet, Responder responder, CancellationToken cancelled)
    {
        if (CommitmentResult.From(dataSet) is not { } result)
        {
            await responder.AnswerAsync(DimseStatus.InvalidArgumentValue, "transaction UID is missing or a reference is incomplete");
            return;
        }

        await report(result, cancelled);
        await responder.AnswerAsync(DimseStatus.Success);
    }
}
