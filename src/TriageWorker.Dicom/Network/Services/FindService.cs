namespace TriageWorker.Dicom.Network;

/// <summary>A query: its model and its keys (PS3.4, C.4.1). An empty key asks for the attribute, any other one has to match.</summary>
public sealed record FindRequest(string SopClassUid, DicomDataset Identifier);

/// <summary>C-FIND (PS3.4, C.4.1): each data set that <paramref name="find"/> yields is a match. Serves any number of associations.</summary>
/// <param name="models">The SOP classes answered, such as <see cref="DicomUid.StudyRootQueryRetrieveInformationModelFind"/>.</param>
/// <param name="find">Its token is raised by C-CANCEL; it may throw <see cref="DimseRefusalException"/>.</param>
/// <param name="isHonoured">Whether every key of a request is matched and answered with; asked once there is a match. Where not, the matches say so (FF01). Null: always.</param>
public sealed class FindService(
    IReadOnlyCollection<string> models, Func<FindRequest, CancellationToken, IAsyncEnumerable<DicomDataset>> find, Func<FindRequest, bool>? isHonoured = null) : DimseService
{
    internal override bool Knows(string sopClass) => models.Contains(sopClass);

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.FindRequest && Knows(sopClass);

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) =>
        new(command.HasDataSet ? new DataSetOperation(limits, runsBeside: true, AnswerAsync) : new RefusedOperation(DimseStatus.MistypedArgument, "no identifier"));

    private async ValueTask AnswerAsync(DicomDataset identifier, Responder responder, CancellationToken cancelled)
    {
        var (request, pending) = (new FindRequest(responder.Context.AbstractSyntax, identifier), (DimseStatus?)null);
        await foreach (var match in find(request, cancelled).WithCancellation(cancelled))
        {
            cancelled.ThrowIfCancellationRequested();
            pending ??= isHonoured?.Invoke(request) ?? true ? DimseStatus.Pending : DimseStatus.PendingWithoutOptionalKeys;
            await responder.AnswerAsync(responder.Request.Response(pending.Value), match);
        }

        await responder.AnswerAsync(DimseStatus.Success);
    }
}
