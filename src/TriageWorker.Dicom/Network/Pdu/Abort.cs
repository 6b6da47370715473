namespace TriageWorker.Dicom.Network;

/// <summary>A-ABORT: source and reason as on the wire (PS3.8, 9.3.8).</summary>
public readonly record struct Abort(byte Source, byte Reason)
{
    public static readonly Abort ByUser = new(0, 0);
    public static readonly Abort NoReason = new(2, 0);
    public static readonly Abort UnrecognisedPdu = new(2, 1);
    public static readonly Abort UnexpectedPdu = new(2, 2);
    public static readonly Abort InvalidParameter = new(2, 6);

    public string Text => (Source, Reason) switch
    {
        (0, _) => "aborted by the service user",
        (2, 1) => "aborted by the service provider: unrecognised PDU",
        (2, 2) => "aborted by the service provider: unexpected PDU",
        (2, 4) => "aborted by the service provider: unrecognised PDU parameter",
        (2, 5) => "aborted by the service provider: unexpected PDU parameter",
        (2, 6) => "aborted by the service provider: invalid PDU parameter value",
        _ => $"aborted, no reason given (source {Source}, reason {Reason})",
    };

    public static bool TryRead(ReadOnlySpan<byte> body, out Abort abort)
    {
        abort = body.Length == 4 ? new Abort(body[2], body[3]) : default;
        return body.Length == 4;
    }

    public void Write(PduBuffer to)
    {
        var pdu = to.BeginPdu(PduType.Abort);
        to.Zeros(2).Byte(Source).Byte(Reason).EndPdu(pdu);
    }
}
