using System.Buffers;
using System.Runtime.CompilerServices;

namespace TriageWorker.Dicom.Network;

/// <summary>One C-STORE between its command and its status: bytes go to the scan and to the keeper as they arrive.</summary>
internal sealed class IncomingStore : DimseOperation
{
    private readonly StorageService _service;
    private readonly IStorageSession _session;
    private readonly BytesInFlight _inFlight;
    private readonly StoreHead _head;
    private readonly DataSetScan _scan;
    private IIncomingObject? _object;
    private string? _trouble;
    private long _bytes;
    private long _whole; // once it has come whole

    private IncomingStore(StorageService service, IStorageSession session, BytesInFlight inFlight, StoreHead head, DataSetScan scan) =>
        (_service, _session, _inFlight, _head, _scan) = (service, session, inFlight, head, scan);

    public static async ValueTask<DimseOperation> BeginAsync(
        StorageService service, IStorageSession session, BytesInFlight inFlight, CommandSet command, string transferSyntax, ScanLimits limits)
    {
        var head = new StoreHead(command.AffectedSopClassUid, command.AffectedSopInstanceUid, transferSyntax);
        var store = new IncomingStore(service, session, inFlight, head, new DataSetScan(AcceptedSyntaxes.EncodingOf(transferSyntax), limits));
        try
        {
            store._object = await session.BeginAsync(head, CancellationToken.None);
        }
        catch (Exception world) when (world is IOException or UnauthorizedAccessException)
        {
            store._trouble = world.Message;
        }

        return store;
    }

    [AsyncMethodBuilder(typeof(PoolingAsyncValueTaskMethodBuilder))]
    public override async ValueTask WriteAsync(ReadOnlySequence<byte> piece)
    {
        _bytes += piece.Length;
        _service.CountBytes(piece.Length);
        foreach (var segment in piece)
        {
            // What is in flight is read to its end, then answered; but nothing is written for an object that is refused anyway,
            // or one without an end would fill the disk.
            var isWanted = _trouble is null && !_scan.IsLost;
            _scan.Feed(segment.Span);
            if (!isWanted) continue;
            try
            {
                await _object!.WriteAsync(segment, CancellationToken.None);
            }
            catch (Exception world) when (world is IOException or UnauthorizedAccessException)
            {
                _trouble = world.Message;
            }
        }
    }

    /// <summary>Decides what becomes of the object, and says why in a few words that are fit for the peer.</summary>
    /// <remarks>Never cancelled: an object that came whole is kept, whatever becomes of the association.</remarks>
    public override async ValueTask PerformAsync(Responder responder, CancellationToken cancelled)
    {
        _inFlight.Add(_whole = _bytes);
        _scan.Complete();
        var (verdict, because) = _trouble is null ? StoreJudgement.Of(_scan, _head) : (StoreVerdict.OutOfResources, _trouble);
        try
        {
            // For our own trouble nothing is kept: it may be that the disk is full, and the sender has the object.
            if (verdict == StoreVerdict.Stored) verdict = await _object!.KeepAsync(_scan, CancellationToken.None);
            else if (verdict != StoreVerdict.OutOfResources) await _object!.RefuseAsync(verdict, because, CancellationToken.None);
        }
        catch (Exception world) when (world is IOException or UnauthorizedAccessException)
        {
            (verdict, because) = (StoreVerdict.OutOfResources, world.Message);
        }

        _service.Count(verdict);
        if (verdict != StoreVerdict.Stored) _session.Refused(_head, verdict, because);
        // What the system says names folders of this machine, which are none of the peer's business.
        await responder.AnswerAsync(verdict.Status(), verdict == StoreVerdict.OutOfResources ? "out of resources" : because);
    }

    public override async ValueTask DisposeAsync()
    {
        _inFlight.Remove(_whole);
        _scan.Dispose();
        if (_object is not null) await _object.DisposeAsync();
    }
}
