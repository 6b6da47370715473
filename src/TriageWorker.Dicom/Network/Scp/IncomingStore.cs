using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>One C-STORE between its command and its status: bytes go to the scan and to the keeper as they arrive.</summary>
internal sealed class IncomingStore(IStorageSession session, CommandSet command, StoreHead head, DataSetScan scan) : IAsyncDisposable
{
    private IIncomingObject? _object;
    private string? _trouble;

    public CommandSet Command => command;

    public long Bytes { get; private set; }

    public static async ValueTask<IncomingStore> BeginAsync(
        IStorageSession session, CommandSet command, string transferSyntax, ScanLimits limits, CancellationToken cancellationToken)
    {
        var head = new StoreHead(command.AffectedSopClassUid, command.AffectedSopInstanceUid, transferSyntax);
        var store = new IncomingStore(session, command, head, new DataSetScan(AcceptedSyntaxes.EncodingOf(transferSyntax), limits));
        try
        {
            store._object = await session.BeginAsync(head, cancellationToken);
        }
        catch (IOException world)
        {
            store._trouble = world.Message;
        }

        return store;
    }

    public async ValueTask WriteAsync(ReadOnlySequence<byte> bytes, CancellationToken cancellationToken)
    {
        Bytes += bytes.Length;
        foreach (var segment in bytes)
        {
            // What is in flight is read to its end, then answered; but nothing is written for an object that is refused anyway,
            // or one without an end would fill the disk.
            var isWanted = _trouble is null && !scan.IsLost;
            scan.Feed(segment.Span);
            if (!isWanted) continue;
            try
            {
                await _object!.WriteAsync(segment, cancellationToken);
            }
            catch (IOException world)
            {
                _trouble = world.Message;
            }
        }
    }

    /// <summary>Decides what becomes of the object, and says why in a few words that are fit for the peer.</summary>
    public async ValueTask<(StoreVerdict Verdict, string Because)> CompleteAsync(CancellationToken cancellationToken)
    {
        scan.Complete();
        var (verdict, because) = _trouble is null ? Judge() : (StoreVerdict.OutOfResources, _trouble);
        try
        {
            // For our own trouble nothing is kept: it may be that the disk is full, and the sender has the object.
            if (verdict == StoreVerdict.Stored) verdict = await _object!.KeepAsync(scan, cancellationToken);
            else if (verdict != StoreVerdict.OutOfResources) await _object!.RefuseAsync(verdict, because, cancellationToken);
        }
        catch (IOException world)
        {
            (verdict, because) = (StoreVerdict.OutOfResources, world.Message);
        }

        if (verdict != StoreVerdict.Stored) session.Refused(head, verdict, because);
        // What the system says names folders of this machine, which are none of the peer's business.
        return (verdict, verdict == StoreVerdict.OutOfResources ? "out of resources" : because);
    }

    public async ValueTask DisposeAsync()
    {
        scan.Dispose();
        if (_object is not null) await _object.DisposeAsync();
    }

    private (StoreVerdict, string) Judge()
    {
        if (scan.IsLost) return (StoreVerdict.CannotFollow, scan.Fault.ToString());
        if (scan.Uid(ScanTag.SopClassUid) is not { } sopClass) return (StoreVerdict.UidMissing, "SOP Class UID is absent");
        if (scan.Uid(ScanTag.SopInstanceUid) is not { } sopInstance) return (StoreVerdict.UidMissing, "SOP Instance UID is absent");
        if (scan.Uid(ScanTag.StudyInstanceUid) is null) return (StoreVerdict.UidMissing, "Study Instance UID is absent");
        if (scan.Uid(ScanTag.SeriesInstanceUid) is null) return (StoreVerdict.UidMissing, "Series Instance UID is absent");
        if (sopClass != head.SopClassUid) return (StoreVerdict.DoesNotMatchCommand, "SOP Class UID differs from the command's");
        if (sopInstance != head.SopInstanceUid) return (StoreVerdict.DoesNotMatchCommand, "SOP Instance UID differs from the command's");
        return (StoreVerdict.Stored, "");
    }
}
