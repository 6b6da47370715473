namespace TriageWorker.Dicom.Network;

/// <summary>Limits and deadlines of a receiver.</summary>
public sealed record DicomScpOptions
{
    /// <summary>The P-DATA-TF body length announced to callers and enforced, in bytes. DCMTK sends no longer than 131,072.</summary>
    public uint MaxPduLength { get; init; } = 128 * 1024;

    /// <summary>Associations above this number are rejected for now (local limit exceeded).</summary>
    public int MaxAssociations { get; init; } = 64;

    /// <summary>From the TCP connection to a whole A-ASSOCIATE-RQ (ARTIM, PS3.8, 9.1.5).</summary>
    public TimeSpan RequestTimeout { get; init; } = TimeSpan.FromSeconds(30);

    /// <summary>The longest silence inside an association, between or within PDUs.</summary>
    public TimeSpan IdleTimeout { get; init; } = TimeSpan.FromMinutes(5);

    /// <summary>How long the peer may take to close the connection after the last PDU (ARTIM).</summary>
    public TimeSpan CloseTimeout { get; init; } = TimeSpan.FromSeconds(2);

    public ScanLimits Scan { get; init; } = ScanLimits.Default;
}
