namespace TriageWorker.Dicom.Network;

/// <summary>The border between the network and what keeps objects: those of one association, begun one after the other.</summary>
public interface IStorageSession
{
    /// <exception cref="IOException">The object cannot be taken now; the sender gets 0xA700.</exception>
    ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken);

    /// <summary>An object of this association was answered with a failure. The peer is told less than this.</summary>
    void Refused(StoreHead head, StoreVerdict verdict, string because);

    /// <summary>Called exactly once, whatever ended the association.</summary>
    ValueTask EndAsync(AssociationEnding ending, CancellationToken cancellationToken);
}

/// <summary>What the command says before the first byte of the data set.</summary>
public sealed record StoreHead(string SopClassUid, string SopInstanceUid, string TransferSyntax);

/// <summary>An object on its way in. Disposing it without a call to <see cref="KeepAsync"/> or <see cref="RefuseAsync"/>, or after one that failed, abandons it.</summary>
public interface IIncomingObject : IAsyncDisposable
{
    /// <summary>Takes the next bytes of the data set, as received. The caller waits: this is the back-pressure.</summary>
    /// <exception cref="IOException">The object cannot be taken now; the sender gets 0xA700.</exception>
    ValueTask WriteAsync(ReadOnlyMemory<byte> bytes, CancellationToken cancellationToken);

    /// <summary>Returns <see cref="StoreVerdict.Stored"/> only when the object survives a crash of the process and of the machine.</summary>
    /// <remarks>When more than one operation at a time was negotiated (<see cref="DicomScpOptions.Operations"/>), the next object is begun and written meanwhile.</remarks>
    /// <exception cref="IOException">The object is not safe; the sender gets 0xA700.</exception>
    ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken);

    /// <summary>The object is at fault, and gets a failure status; what came of it may be kept for somebody to look at.</summary>
    ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken);
}
