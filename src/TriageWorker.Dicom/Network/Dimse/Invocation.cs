using System.Threading.Channels;

namespace TriageWorker.Dicom.Network;

/// <summary>A response of the peer and the data set that came with it.</summary>
internal readonly record struct DimseResponse(CommandSet Command, DicomDataset? DataSet);

/// <summary>One request of this side until its last response.</summary>
internal sealed class Invocation(PresentationContext context, CommandSet request)
{
    // What the reader of the association may be ahead of whoever takes the responses; then the peer waits.
    private const int MostUnread = 64;

    private readonly Channel<DimseResponse> _responses =
        Channel.CreateBounded<DimseResponse>(new BoundedChannelOptions(MostUnread) { SingleReader = true, SingleWriter = true });

    private volatile bool _isAbandoned;

    public PresentationContext Context => context;

    public CommandSet Request => request;

    /// <summary>The next response.</summary>
    /// <exception cref="DicomNetworkException">The association ended before it came.</exception>
    public async ValueTask<DimseResponse> NextAsync(CancellationToken cancellationToken)
    {
        try
        {
            return await _responses.Reader.ReadAsync(cancellationToken);
        }
        catch (ChannelClosedException closed) when (closed.InnerException is DicomNetworkException fault)
        {
            throw new DicomNetworkException(fault.Fault, fault.Message, fault.IsRetryWorthwhile, fault);
        }
    }

    /// <summary>Nobody waits any more: responses are dropped as they come.</summary>
    public void Abandon()
    {
        _isAbandoned = true;
        while (_responses.Reader.TryRead(out _)) { }
    }

    public ValueTask DeliverAsync(DimseResponse response) => _isAbandoned ? ValueTask.CompletedTask : _responses.Writer.WriteAsync(response);

    public void Complete(DicomNetworkException? fault = null) => _responses.Writer.TryComplete(fault);
}
