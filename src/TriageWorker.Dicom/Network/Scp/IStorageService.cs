using System.Net;

namespace TriageWorker.Dicom.Network;

/// <summary>Who asks for an association, in the words of its request.</summary>
/// <param name="Remote">The socket's other end; null when the transport has none.</param>
public sealed record AssociationCaller(
    Guid AssociationId, string CallingAe, string CalledAe, EndPoint? Remote, string ImplementationClassUid, string ImplementationVersion);

/// <summary>Yes with someone to hand objects to, or no with the reason on the wire.</summary>
public abstract record Admission
{
    private Admission() { }

    public sealed record Accepted(IStorageSession Session) : Admission;

    public sealed record Rejected(AssociateReject Reason) : Admission;
}

/// <summary>The border between the network and what keeps objects.</summary>
public interface IStorageService
{
    ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken);

    /// <summary>A connection came and went without becoming an association.</summary>
    void Dismissed(EndPoint? remote, string because);
}

/// <summary>One association's objects. Calls come one after the other.</summary>
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
    /// <exception cref="IOException">The object is not safe; the sender gets 0xA700.</exception>
    ValueTask<StoreVerdict> KeepAsync(DataSetScan scan, CancellationToken cancellationToken);

    /// <summary>The object is at fault, and gets a failure status; what came of it may be kept for somebody to look at.</summary>
    ValueTask RefuseAsync(StoreVerdict verdict, string because, CancellationToken cancellationToken);
}
