using System.Buffers;

namespace TriageWorker.Dicom.Network;

/// <summary>One C-STORE between its command and its status: bytes go to the scan and to the keeper as they arrive.</summary>
internal sealed class IncomingStore(CommandSet command, StoreHead head, DataSetScan scan) : IAsyncDisposable
{
    private IIncomingObject? _object;
    private string? _trouble;

    public CommandSet Command => command;

    public long Bytes { get; private set; }

    public static async ValueTask<IncomingStore> BeginAsync(
        IStorageSession session, CommandSet command, string transferSyntax, ScanLimits limits, CancellationToken cancellationToken)
    {
        var head = new StoreHead(command.AffectedSopClassUid, command.AffectedSopInstanceUid, transferSyntax);
        var store = new IncomingStore(command, head, new DataSetScan(AcceptedSyntaxes.EncodingOf(transferSyntax), limits));
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
            scan.Feed(segment.Span);
            if (_trouble is not null) continue; // what is in flight is read to its end, then answered
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

    /// <summary>Decides what becomes of the object, and says why in a few words.</summary>
    public async ValueTask<(StoreVerdict Verdict, string Because)> CompleteAsync(CancellationToken cancellationToken)
    {
        scan.Complete();
        var (verdict, because) = _trouble is null ? Judge() : (StoreVerdict.OutOfResources, _trouble);
        try
        {
            if (verdict == StoreVerdict.Stored) verdict = await _object!.KeepAsync(scan, cancellationToken);
            else if (_object is not null) await _object.RefuseAsync(verdict, because, cancellationToken);
        }
        catch (IOException world)
        {
            (verdict, because) = (StoreVerdict.OutOfResources, world.Message);
        }

        return (verdict, because);
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
