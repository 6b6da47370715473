namespace TriageWorker.Dicom.Network;

/// <summary>C-STORE of every storage SOP class (PS3.4, annex B): objects stream to a session as they come. Serves one association.</summary>
public sealed class StorageService(IStorageSession session) : DimseService
{
    // PS3.4, annex B.5: the standard's storage classes share this prefix. Below it sit two services of another kind: the query/retrieve
    // of protocol approvals (200.4 to 200.6; annex II) and inventories (201.*; annex JJ), which are no objects of a patient.
    private const string StoragePrefix = "1.2.840.10008.5.1.4.1.1.";
    private const string InventoryPrefix = StoragePrefix + "201.";
    private static readonly string[] s_protocolApprovals = [StoragePrefix + "200.4", StoragePrefix + "200.5", StoragePrefix + "200.6"];

    // PS3.4, B.3.1: level 2 (full: all attributes are kept), signature level 3 (bit preserving), no coercion.
    private static readonly byte[] s_bitPreserving = [2, 0, 3, 0, 0, 0];

    private int _objects, _refused;
    private long _bytes;

    public static bool IsStorage(string sopClass) =>
        sopClass.StartsWith(StoragePrefix, StringComparison.Ordinal) && !sopClass.StartsWith(InventoryPrefix, StringComparison.Ordinal)
        && !s_protocolApprovals.Contains(sopClass);

    internal override bool Knows(string sopClass) => IsStorage(sopClass);

    internal override bool Performs(string sopClass, CommandField request) => request == CommandField.StoreRequest;

    internal override string? Choose(IEnumerable<string> proposed) => AcceptedSyntaxes.Choose(proposed);

    internal override ExtendedNegotiation? Extend(ExtendedNegotiation proposed) => proposed with { Information = s_bitPreserving };

    internal override async ValueTask<DimseOperation> BeginAsync(PresentationContext context, CommandSet command, MessageLimits messages)
    {
        if (!command.HasDataSet || !PduText.IsUid(command.AffectedSopInstanceUid)) return Refuse(StoreVerdict.BadCommand);
        if (command.AffectedSopClassUid != context.AbstractSyntax || !IsStorage(context.AbstractSyntax)) return Refuse(StoreVerdict.NotNegotiated);
        await messages.InFlight.WaitForRoomAsync();
        return await IncomingStore.BeginAsync(this, session, messages.InFlight, command, context.TransferSyntax, messages.Scan);
    }

    internal override ValueTask EndAsync(EndingKind kind, string because) =>
        session.EndAsync(new AssociationEnding(kind, because, _objects, _refused, Interlocked.Read(ref _bytes)), CancellationToken.None);

    internal void Count(StoreVerdict verdict) => Interlocked.Increment(ref verdict == StoreVerdict.Stored ? ref _objects : ref _refused);

    internal void CountBytes(long bytes) => Interlocked.Add(ref _bytes, bytes);

    private RefusedOperation Refuse(StoreVerdict verdict)
    {
        Count(verdict);
        return new RefusedOperation(verdict.Status());
    }
}
