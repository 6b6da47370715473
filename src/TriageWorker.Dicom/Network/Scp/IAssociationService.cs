using System.Net;
using System.Security.Cryptography.X509Certificates;

namespace TriageWorker.Dicom.Network;

/// <summary>Who asks for an association, in the words of its request.</summary>
/// <param name="Remote">The socket's other end; null when the transport has none.</param>
public sealed record AssociationCaller(
    Guid AssociationId, string CallingAe, string CalledAe, EndPoint? Remote, string ImplementationClassUid, string ImplementationVersion)
{
    /// <summary>The abstract syntaxes that it proposes, accepted or not.</summary>
    public IReadOnlyList<string> SopClasses { get; init; } = [];

    /// <summary>What it shows of its user (PS3.7, D.3.3.7); null when nothing.</summary>
    public UserIdentity? Identity { get; init; }

    /// <summary>It called over TLS.</summary>
    public bool IsSecured { get; init; }

    /// <summary>The longest P-DATA-TF body that it takes, in bytes; 0 is any.</summary>
    public uint MaxPduLength { get; init; }

    /// <summary>What its connection shows while it lasts.</summary>
    public PduFigures Pdus { get; init; } = new();

    /// <summary>The certificate of its TLS connection; null when it has none. Its chain was checked in the handshake.</summary>
    public X509Certificate2? Certificate { get; init; }
}

/// <summary>Yes with what is done for the caller, or no with the reason on the wire.</summary>
public abstract record Admission
{
    private Admission() { }

    /// <param name="Services">What is offered beside C-ECHO, for this association.</param>
    public sealed record Accepted(params IReadOnlyList<DimseService> Services) : Admission
    {
        /// <summary>Sent when the caller showed a user and asked for an answer: it was recognised.</summary>
        public UserIdentityResponse? Identity { get; init; }
    }

    public sealed record Rejected(AssociateReject Reason) : Admission;
}

/// <summary>Decides who is served, and with what.</summary>
public interface IAssociationService
{
    ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken);

    /// <summary>A connection came and went without becoming an association.</summary>
    void Dismissed(EndPoint? remote, string because);
}
