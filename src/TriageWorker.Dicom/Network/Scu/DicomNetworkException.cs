namespace TriageWorker.Dicom.Network;

/// <summary>What a sender was doing when it failed, and on whose word.</summary>
public enum NetworkFault
{
    None = 0,
    /// <summary>No TCP connection: nobody listens, no route, name unknown.</summary>
    Unreachable,
    /// <summary>The TLS handshake failed: a certificate, a protocol version, or the peer speaks none.</summary>
    Untrusted,
    /// <summary>A-ASSOCIATE-RJ; the message holds result, source and reason.</summary>
    Rejected,
    /// <summary>The association stands, but for this object no presentation context was accepted.</summary>
    NoContext,
    Aborted,
    /// <summary>The connection was closed or reset without a word.</summary>
    Lost,
    TimedOut,
    /// <summary>The peer sent what the standard does not allow.</summary>
    Protocol,
    /// <summary>The file is no DICOM object that could be sent.</summary>
    UnsuitableFile,
}

/// <summary>An association that could not do what was asked of it.</summary>
public sealed class DicomNetworkException : IOException
{
    public DicomNetworkException(NetworkFault fault, string message, bool isRetryWorthwhile, Exception? inner = null)
        : base(message, inner) => (Fault, IsRetryWorthwhile) = (fault, isRetryWorthwhile);

    public NetworkFault Fault { get; }

    /// <summary>True when the same call may succeed later without anybody changing a configuration or the object.</summary>
    public bool IsRetryWorthwhile { get; }
}
