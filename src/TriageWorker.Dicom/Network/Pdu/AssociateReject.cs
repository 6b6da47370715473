namespace TriageWorker.Dicom.Network;

/// <summary>A-ASSOCIATE-RJ: result, source and reason as on the wire (PS3.8, 9.3.4).</summary>
public readonly record struct AssociateReject(byte Result, byte Source, byte Reason)
{
    public static readonly AssociateReject NoReason = new(1, 1, 1);
    public static readonly AssociateReject ApplicationContextNotSupported = new(1, 1, 2);
    public static readonly AssociateReject CallingAeNotRecognised = new(1, 1, 3);
    public static readonly AssociateReject CalledAeNotRecognised = new(1, 1, 7);
    public static readonly AssociateReject ProtocolVersionNotSupported = new(1, 2, 2);
    public static readonly AssociateReject TemporaryCongestion = new(2, 3, 1);
    public static readonly AssociateReject LocalLimitExceeded = new(2, 3, 2);

    /// <summary>Result 2: the same call may succeed later.</summary>
    public bool IsTransient => Result == 2;

    /// <summary>The standard's own words for the three numbers.</summary>
    public string Text => $"{(IsTransient ? "rejected for now" : "rejected for good")} by the {SourceText}: {ReasonText} (result {Result}, source {Source}, reason {Reason})";

    private string SourceText => Source switch
    {
        1 => "service user",
        2 => "service provider (ACSE)",
        3 => "service provider (presentation)",
        _ => "unknown source",
    };

    private string ReasonText => (Source, Reason) switch
    {
        (1, 1) or (2, 1) => "no reason given",
        (1, 2) => "application context not supported",
        (1, 3) => "calling AE title not recognised",
        (1, 7) => "called AE title not recognised",
        (2, 2) => "protocol version not supported",
        (3, 1) => "temporary congestion",
        (3, 2) => "local limit exceeded",
        _ => "reserved reason",
    };

    /// <returns>False when the body is not the four bytes the standard demands.</returns>
    public static bool TryRead(ReadOnlySpan<byte> body, out AssociateReject reject)
    {
        reject = body.Length == 4 ? new AssociateReject(body[1], body[2], body[3]) : default;
        return body.Length == 4;
    }

    public void Write(PduBuffer to)
    {
        var pdu = to.BeginPdu(PduType.AssociateReject);
        to.Byte(0).Byte(Result).Byte(Source).Byte(Reason).EndPdu(pdu);
    }
}
