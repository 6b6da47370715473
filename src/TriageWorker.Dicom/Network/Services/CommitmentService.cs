namespace TriageWorker.Dicom.Network;

/// <summary>Storage commitment as SCP (PS3.4, annex J): takes N-ACTION requests. Serves any number of associations.</summary>
/// <param name="commit">
/// Takes the request on; success means that a report will follow. A result that it returns is reported over the same association at once;
/// null: the report comes later, over an association of its own (<see cref="StorageCommitment"/>). It may throw <see cref="DimseRefusalException"/>.
/// </param>
/// <param name="reported">Is told of each result that was reported at once, whether the requestor took it; if not, it has to be reported later.</param>
public sealed class CommitmentService(
    Func<CommitmentRequest, CancellationToken, ValueTask<CommitmentResult?>> commit, Func<CommitmentResult, bool, ValueTask>? reported = null) : DimseService
{
    internal override bool Reports => true;

    internal override bool Knows(string sopClass) => sopClass == DicomUid.StorageCommitmentPushModel;

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.ActionRequest && Knows(sopClass);

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) => new(
        command.TypeId != CommitmentRequest.ActionType ? new RefusedOperation(DimseStatus.NoSuchAction)
        : command.AffectedSopInstanceUid != DicomUid.StorageCommitmentPushModelInstance ? new RefusedOperation(DimseStatus.NoSuchInstance)
        : new DataSetOperation(limits, runsBeside: true, PerformAsync));

    private async ValueTask PerformAsync(DicomDataset dataSet, Responder responder, CancellationToken cancelled)
    {
        if (CommitmentRequest.From(dataSet) is not { } request)
        {
            await responder.AnswerAsync(DimseStatus.InvalidArgumentValue, "transaction UID or referenced instances are missing");
            return;
        }

        var result = await commit(request, cancelled);
        await responder.AnswerAsync(DimseStatus.Success);
        if (result is null) return;
        var isTaken = await ReportAsync(result, responder, cancelled);
        if (reported is not null) await reported(result, isTaken);
    }

    private static async ValueTask<bool> ReportAsync(CommitmentResult result, Responder responder, CancellationToken cancelled)
    {
        try
        {
            var invocation = await responder.InvokeAsync(result.Report(), result.ToDataset(), cancelled);
            return (await invocation.NextAsync(cancelled)).Command.Status.IsSuccess;
        }
        catch (Exception gone) when (gone is DicomNetworkException or OperationCanceledException)
        {
            return false; // the requestor took its leave first
        }
    }
}
