using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>One association's objects on their way into the spool.</summary>
internal sealed class ReceivingSession(Listener listener, LiveAssociation association, Spool spool, CallerFigures figures, TimeProvider clock) : IStorageSession
{
    private readonly LinkMeter _meter = new(clock);

    public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken)
    {
        _meter.Begin();
        var caller = association.Caller;
        var file = spool.Begin(new SpoolHead(
            head.SopClassUid, head.SopInstanceUid, head.TransferSyntax, caller.CallingAe, caller.CalledAe, caller.AssociationId));
        return ValueTask.FromResult<IIncomingObject>(new ReceivingObject(this, file, head.TransferSyntax));
    }

    public void Refused(StoreHead head, StoreVerdict verdict, string because) => listener.Refused(association, head, verdict, because);

    public ValueTask EndAsync(Dicom.Network.AssociationEnding ending, CancellationToken cancellationToken)
    {
        listener.Ended(association, ending);
        return ValueTask.CompletedTask;
    }

    /// <summary>Writes where it stands, since that goes to the page cache; only the sync waits for the disk.</summary>
    private sealed class ReceivingObject(ReceivingSession session, SpoolFile file, string syntax) : IIncomingObject
    {
        private long _bytes;
        private bool _isKept;

        public ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken)
        {
            session._meter.Write();
            file.Append(bytes.Span);
            _bytes += bytes.Length;
            return ValueTask.CompletedTask;
        }

        public async ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken)
        {
            session._meter.Whole();
            await file.SealAsync(session.Now);
            session.Kept(_bytes, scan.Uid(ScanTag.StudyInstanceUid) ?? "", syntax);
            _isKept = true;
            return StoreVerdict.Stored;
        }

        public ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken)
        {
            session._meter.Whole();
            file.Quarantine(because);
            session._meter.Answer();
            return ValueTask.CompletedTask;
        }

        public ValueTask DisposeAsync()
        {
            if (_isKept) FailPoint.Pass(FailPoint.Answered); // what is done with an object is disposed once it is answered
            file.Dispose();
            return ValueTask.CompletedTask;
        }
    }

    private DateTimeOffset Now => clock.GetUtcNow();

    private void Kept(long bytes, string study, string syntax)
    {
        association.CountKept(bytes);
        figures.Kept(association, study, syntax, bytes, _meter.Answer());
        IntakeTelemetry.Kept(bytes);
    }
}
