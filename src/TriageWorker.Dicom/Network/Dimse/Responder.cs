namespace TriageWorker.Dicom.Network;

/// <summary>Answers one request of the peer.</summary>
/// <param name="onAnswered">The answer that is about to be sent is the last: the peer may ask again as soon as it has it.</param>
internal sealed class Responder(MessageExchange exchange, PresentationContext context, CommandSet request, Action onAnswered)
{
    public CommandSet Request => request;

    public PresentationContext Context => context;

    public ValueTask AnswerAsync(DimseStatus status, string because = "") => AnswerAsync(request.Response(status, because));

    /// <summary>Sends a response made from <see cref="CommandSet.Response"/>, with a data set or without. A peer that is gone is not told.</summary>
    public async ValueTask AnswerAsync(CommandSet response, DicomDataset? dataSet = null)
    {
        if (!response.Status.IsPending) onAnswered();
        if (dataSet is null)
        {
            await exchange.SendAsync(context, response, null, CancellationToken.None);
            return;
        }

        using var encoded = new MemoryStream(dataSet.ToBytes(TransferSyntax.Of(context.TransferSyntax)), writable: false);
        await exchange.SendAsync(context, response with { HasDataSet = true }, encoded, CancellationToken.None);
    }

    /// <summary>A request of this side on the same context, for what its SCP may ask of an SCU.</summary>
    public ValueTask<Invocation> InvokeAsync(CommandSet command, DicomDataset dataSet, CancellationToken cancellationToken) =>
        exchange.InvokeAsync(context, command, dataSet, cancellationToken);
}
