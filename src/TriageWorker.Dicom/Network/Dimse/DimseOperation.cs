using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>One request of the peer being performed: it takes its data set piece by piece, then answers.</summary>
internal abstract class DimseOperation : IAsyncDisposable
{
    /// <summary>It may take long and be cancelled: others go on meanwhile, and the association keeps being read.</summary>
    public virtual bool RunsBeside => false;

    /// <summary>Takes the next piece of the data set; the peer waits as long as this does.</summary>
    public virtual ValueTask WriteAsync(ReadOnlySequence<byte> piece) => ValueTask.CompletedTask;

    /// <summary>Does what was asked, the data set being complete, and answers; more than once when there is more than one answer.</summary>
    /// <param name="cancelled">The peer sent C-CANCEL, or the association is over.</param>
    public abstract ValueTask PerformAsync(Responder responder, CancellationToken cancelled);

    public abstract ValueTask DisposeAsync();
}

/// <summary>A request that is refused on its command alone; its data set goes by unread.</summary>
internal sealed class RefusedOperation(DimseStatus status, string because = "") : DimseOperation
{
    public static readonly RefusedOperation Unrecognised = new(DimseStatus.UnrecognisedOperation);

    public override ValueTask PerformAsync(Responder responder, CancellationToken cancelled) => responder.AnswerAsync(status, because);

    public override ValueTask DisposeAsync() => ValueTask.CompletedTask;
}
