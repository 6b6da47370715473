using System.Net.Security;

namespace TriageWorker.Dicom.Network;

/// <summary>Whom to call, under which names, and for what.</summary>
public sealed record AssociationRequest
{
    public required string Host { get; init; }

    public required int Port { get; init; }

    public required string CalledAe { get; init; }

    public string CallingAe { get; init; } = "ANY-SCU";

    /// <summary>What to propose; see <see cref="Verification"/>, <see cref="ForFiles"/> and <see cref="For"/>. At most 128.</summary>
    public IReadOnlyList<ProposedContext> Contexts { get; init; } = Verification;

    /// <summary>The longest P-DATA-TF body the peer may send, in bytes; 4 KB to 4 MB.</summary>
    public uint MaxPduLength { get; init; } = 128 * 1024;

    /// <summary>How many requests to have open at once, if the peer allows it (PS3.7, D.3.3.3); null asks for nothing: one.</summary>
    public AsynchronousOperations? Operations { get; init; }

    /// <summary>Roles other than that of the SCU (PS3.7, D.3.3.4).</summary>
    public IReadOnlyList<RoleSelection> Roles { get; init; } = [];

    public IReadOnlyList<ExtendedNegotiation> Extended { get; init; } = [];

    public UserIdentity? Identity { get; init; }

    /// <summary>TLS and how to check the peer, see <see cref="DicomTls.ClientOptions"/>; null for a plain connection.</summary>
    public SslClientAuthenticationOptions? Tls { get; init; }

    /// <summary>What this side performs for the peer on this association, such as <see cref="CommitmentReports"/>.</summary>
    public IReadOnlyList<DimseService> Services { get; init; } = [];

    /// <summary>For the TCP connection and the TLS handshake. Every time-out here is 1 ms to 24 hours.</summary>
    public TimeSpan ConnectTimeout { get; init; } = TimeSpan.FromSeconds(10);

    /// <summary>For the answer to the A-ASSOCIATE-RQ.</summary>
    public TimeSpan AssociateTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>For a DIMSE response after the request's last byte, for each block the peer must take, and for the answer to the A-RELEASE-RQ.</summary>
    public TimeSpan ResponseTimeout { get; init; } = TimeSpan.FromSeconds(60);

    /// <summary>For one response with its data set, from its first byte to its last.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromMinutes(10);

    /// <summary>For the peer to close the connection after the last PDU (ARTIM, PS3.8, 9.1.5).</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The longest data set of a response, in bytes; 4 KB to 256 MB.</summary>
    public int MaxDataSetLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>What the data sets of responses may take in memory while they are read; to 4 GB.</summary>
    public long MaxDataSetMemory { get; init; } = 256L * 1024 * 1024;

    public TimeProvider Time { get; init; } = TimeProvider.System;

    public static IReadOnlyList<ProposedContext> Verification { get; } =
        [new(1, DicomUid.Verification, [DicomUid.ImplicitVRLittleEndian])];

    /// <summary>One context for each SOP class, in every syntax that data sets without pixel data are spoken in.</summary>
    public static IReadOnlyList<ProposedContext> For(params IEnumerable<string> sopClasses) =>
        [.. sopClasses.Select((sopClass, i) => new ProposedContext((byte)(2 * i + 1), sopClass, DataSetSyntaxes.All))];

    /// <summary>One context for each pair of SOP class and transfer syntax among the files, since they are sent as they are.</summary>
    /// <exception cref="DicomNetworkException">A file is no Part 10 object, or they need more than 128 contexts.</exception>
    public static IReadOnlyList<ProposedContext> ForFiles(IEnumerable<string> paths) =>
        ForObjects(paths.Select(Part10Head.Read).Select(head => (head.SopClassUid, head.TransferSyntax)));

    /// <inheritdoc cref="ForFiles"/>
    public static IReadOnlyList<ProposedContext> ForObjects(IEnumerable<(string SopClassUid, string TransferSyntax)> objects)
    {
        var pairs = objects.Distinct().ToList();
        if (pairs.Count > AssociateRequest.MaxContexts)
        {
            throw new DicomNetworkException(NetworkFault.UnsuitableFile,
                $"The objects need {pairs.Count} presentation contexts and an association has {AssociateRequest.MaxContexts}: send them in several associations.", false);
        }

        return [.. pairs.Select((pair, i) => new ProposedContext((byte)(2 * i + 1), pair.SopClassUid, [pair.TransferSyntax]))];
    }

    /// <summary>What is out of bounds: the property's name and its range. Empty when all is well.</summary>
    public IReadOnlyList<string> Faults()
    {
        var (bounds, shortest) = (new Bounds(), TimeSpan.FromMilliseconds(1));
        bounds.Check(nameof(Port), Port, 1, ushort.MaxValue, "");
        bounds.Check(nameof(Contexts), Contexts.Count, 1, AssociateRequest.MaxContexts, "contexts");
        bounds.Check(nameof(MaxPduLength), MaxPduLength, 4096, 4 << 20, "bytes");
        bounds.Check(nameof(ConnectTimeout), ConnectTimeout, shortest);
        bounds.Check(nameof(AssociateTimeout), AssociateTimeout, shortest);
        bounds.Check(nameof(ResponseTimeout), ResponseTimeout, shortest);
        bounds.Check(nameof(MessageTimeout), MessageTimeout, shortest);
        bounds.Check(nameof(CloseTimeout), CloseTimeout, shortest);
        bounds.Check(nameof(MaxDataSetLength), MaxDataSetLength, 4096, 256 << 20, "bytes");
        bounds.Check(nameof(MaxDataSetMemory), MaxDataSetMemory, MaxDataSetLength, 4L << 30, "bytes");
        return bounds.Faults;
    }

    internal AssociateRequest Pdu() => new(CalledAe, CallingAe, AssociateRequest.DicomApplicationContext, Contexts,
        new UserInformation(MaxPduLength, Implementation.ClassUid, Implementation.Version)
        {
            Operations = Operations, Roles = Roles, Extended = Extended, Identity = Identity,
        });
}
