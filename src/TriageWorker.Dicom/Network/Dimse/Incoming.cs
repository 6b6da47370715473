using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>The message that is being received, from the end of its command to the end of its data set.</summary>
internal abstract class Incoming(PresentationContext context) : IAsyncDisposable
{
    public PresentationContext Context => context;

    public abstract ValueTask WriteAsync(ReadOnlySequence<byte> piece);

    public abstract ValueTask CompleteAsync();

    /// <summary>The association ended before the message did.</summary>
    public abstract ValueTask DisposeAsync();
}

/// <summary>A response on its way to the one who asked.</summary>
internal sealed class IncomingResponse(MessageExchange exchange, Invocation invocation, CommandSet command) : Incoming(invocation.Context)
{
    private readonly DataSetBuffer _dataSet = new(exchange.Limits);

    public override ValueTask WriteAsync(ReadOnlySequence<byte> piece)
    {
        _dataSet.Write(piece);
        return ValueTask.CompletedTask;
    }

    public override async ValueTask CompleteAsync()
    {
        using var held = _dataSet;
        DicomDataset? dataSet;
        try
        {
            dataSet = command.HasDataSet ? held.Parse(Context.TransferSyntax) : null;
        }
        catch (DicomFormatException fault)
        {
            await exchange.BreakAsync($"a response's data set cannot be read: {fault.Message}");
            return;
        }

        if (held.Trouble is { } trouble) await exchange.BreakAsync(trouble);
        else await exchange.DeliverAsync(invocation, new DimseResponse(command, dataSet));
    }

    public override ValueTask DisposeAsync()
    {
        _dataSet.Dispose();
        return ValueTask.CompletedTask;
    }
}
