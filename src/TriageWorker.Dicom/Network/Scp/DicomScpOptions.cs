namespace TriageWorker.Dicom.Network;

/// <summary>Limits and deadlines of a receiver, each with its ceiling in <see cref="Faults"/>.</summary>
public sealed record DicomScpOptions
{
    /// <summary>The P-DATA-TF body length announced to callers and enforced, in bytes; 4 KB to 4 MB. DCMTK sends no longer than 131,072.</summary>
    public uint MaxPduLength { get; init; } = 128 * 1024;

    /// <summary>Associations above this number are rejected for now (local limit exceeded); 1 to 4,096.</summary>
    public int MaxAssociations { get; init; } = 64;

    /// <summary>The same for one address, so that none keeps the others out; 1 to 4,096. Callers behind one balancer share theirs.</summary>
    public int MaxAssociationsPerPeer { get; init; } = 32;

    /// <summary>From the TCP connection to a whole A-ASSOCIATE-RQ (ARTIM, PS3.8, 9.1.5); to 10 minutes.</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence inside an association, between or within PDUs, and the longest that a peer may take nothing; to 24 hours.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>For one message, from its command to the end of its data set: a byte now and then holds no place for ever; to 24 hours.</summary>
    public TimeSpan MessageTimeout { get; init; } = TimeSpan.FromHours(1);

    /// <summary>How long the peer may take to close the connection after the last PDU (ARTIM); to 1 minute.</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    /// <summary>The window answered to a caller that asks for one (PS3.7, D.3.3.3), in the caller's words: it invokes, we perform. 1 to 256.</summary>
    /// <remarks>Above 1, several objects of one association may be on their way to safety at once.</remarks>
    public AsynchronousOperations Operations { get; init; } = AsynchronousOperations.Synchronous;

    /// <summary>Bytes of a data set that is needed whole: a query, a commitment request of some ten thousand instances; 4 KB to 256 MB.</summary>
    public int MaxDataSetLength { get; init; } = 16 * 1024 * 1024;

    /// <summary>Bytes of such data sets in memory at once, over all associations; to 4 GB.</summary>
    public long MaxDataSetMemory { get; init; } = 256L * 1024 * 1024;

    /// <summary>While objects with more bytes than this have come whole and wait to be safe, over all associations, no new one is begun; 1 MB to 1 TB.</summary>
    public long MaxBytesInFlight { get; init; } = 1L << 30;

    public ScanLimits Scan { get; init; } = ScanLimits.Default;

    /// <summary>What is out of bounds: the option's name and its range. Empty when all is well.</summary>
    public IReadOnlyList<string> Faults()
    {
        var (bounds, shortest) = (new Bounds(), TimeSpan.FromMilliseconds(100));
        bounds.Check(nameof(MaxPduLength), MaxPduLength, 4096, 4 << 20, "bytes");
        bounds.Check(nameof(MaxAssociations), MaxAssociations, 1, 4096, "");
        bounds.Check(nameof(MaxAssociationsPerPeer), MaxAssociationsPerPeer, 1, 4096, "");
        bounds.Check(nameof(RequestTimeout), RequestTimeout, shortest, TimeSpan.FromMinutes(10));
        bounds.Check(nameof(IdleTimeout), IdleTimeout, shortest);
        bounds.Check(nameof(MessageTimeout), MessageTimeout, shortest);
        bounds.Check(nameof(CloseTimeout), CloseTimeout, shortest, TimeSpan.FromMinutes(1));
        bounds.Check($"{nameof(Operations)}.{nameof(Operations.Invoked)}", Operations.Invoked, 1, 256, "");
        bounds.Check($"{nameof(Operations)}.{nameof(Operations.Performed)}", Operations.Performed, 1, 256, "");
        bounds.Check(nameof(MaxDataSetLength), MaxDataSetLength, 4096, 256 << 20, "bytes");
        bounds.Check(nameof(MaxDataSetMemory), MaxDataSetMemory, MaxDataSetLength, 4L << 30, "bytes");
        bounds.Check(nameof(MaxBytesInFlight), MaxBytesInFlight, 1 << 20, 1L << 40, "bytes");
        return bounds.Faults;
    }
}
