namespace TriageWorker.Dicom.Network;

/// <summary>A retrieval: what (PS3.4, C.4.2) and to whom.</summary>
/// <param name="Destination">The AE title that the objects shall be sent to.</param>
/// <param name="CallingAe">Who asked.</param>
public sealed record MoveRequest(string SopClassUid, DicomDataset Identifier, string Destination, string CallingAe);

/// <summary>What comes of a retrieval.</summary>
public abstract record MovePlan
{
    private MovePlan() { }

    /// <summary>Nobody is known under that AE title.</summary>
    public sealed record UnknownDestination : MovePlan;

    /// <summary>These files go there, over one association.</summary>
    /// <param name="Destination">Its contexts are proposed by what the files are.</param>
    public sealed record Send(AssociationRequest Destination, IReadOnlyList<string> Files) : MovePlan
    {
        /// <summary>SOP Instance UIDs that match too and cannot be sent: they count as failed.</summary>
        public IReadOnlyList<string> Unavailable { get; init; } = [];

        /// <summary>Called once, when the last response is about to be sent or there is nobody left to be told.</summary>
        public Action<SubOperations>? Ended { get; init; }
    }
}

/// <summary>C-MOVE (PS3.4, C.4.2): what <paramref name="plan"/> finds is sent to the destination by C-STORE, counted in pending responses. Serves one association.</summary>
/// <param name="plan">May throw <see cref="DimseRefusalException"/>.</param>
public sealed class MoveService(
    IReadOnlyCollection<string> models, string callingAe, Func<MoveRequest, CancellationToken, ValueTask<MovePlan>> plan) : DimseService
{
    internal override bool Knows(string sopClass) => models.Contains(sopClass);

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.MoveRequest && Knows(sopClass);

    internal override ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits limits) =>
        new(command.HasDataSet ? new DataSetOperation(limits, runsBeside: true, AnswerAsync) : new RefusedOperation(DimseStatus.MistypedArgument, "no identifier"));

    private async ValueTask AnswerAsync(DicomDataset identifier, Responder responder, CancellationToken cancelled)
    {
        var request = new MoveRequest(responder.Context.AbstractSyntax, identifier, responder.Request.MoveDestination, callingAe);
        switch (await plan(request, cancelled))
        {
            case MovePlan.UnknownDestination:
                await responder.AnswerAsync(DimseStatus.MoveDestinationUnknown, $"no destination is called {request.Destination}");
                break;
            case MovePlan.Send send:
                await new MoveSubOperations(responder, send, callingAe).RunAsync(cancelled);
                break;
        }
    }
}
