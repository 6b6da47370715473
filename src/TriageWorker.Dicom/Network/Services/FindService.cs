namespace TriageWorker.Dicom.Network;

/// <summary>A query: its model and its keys (PS3.4, C.4.1). An empty key asks for the attribute, any other one has to match.</summary>
public sealed record FindRequest(string SopClassUid, DicomDataset Identifier);

/// <summary>C-FIND (PS3.4, C.4.1): each data set that <paramref name="find"/> yields is a match. Serves any number of associations.</summary>
/// <param name="models">The SOP classes answered, such as <see cref="DicomUid.StudyRootQueryRetrieveInformationModelFind"/>.</param>
/// <param name="find">Its token is raised by C-CANCEL; it may throw <see cref="DimseRefusalException"/>.</param>
public sealed class FindService(IReadOnlyCollection<string> models, Func<FindRequest, CancellationToken, IAsyncEnumerable<DicomDataset>> find) : DimseService
{
    internal override bool Knows(string sopClass) => models.Contains(sopClass);

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.FindRequest && Knows(sopClass);

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) =>
        new(command.HasDataSet ? new DataSetOperation(limits, runsBeside: true, AnswerAsync) : new RefusedOperation(DimseStatus.MistypedArgument, "no identifier"));

    private async ValueTask AnswerAsync(DicomDataset identifier, Responder responder, CancellationToken cancelled)
    {
        await foreach (var match in find(new FindRequest(responder.Context.AbstractSyntax, identifier), cancelled).WithCancellation(cancelled))
        {
            cancelled.ThrowIfCancellationRequested();
            await responder.AnswerAsync(responder.Request.Response(DimseStatus.Pending), match);
        }

        await responder.AnswerAsync(DimseStatus.Success);
    }
}
