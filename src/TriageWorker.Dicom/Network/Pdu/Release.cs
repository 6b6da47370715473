namespace TriageWorker.Dicom.Network;

/// <summary>A-RELEASE-RQ and -RP: a header and four reserved bytes (PS3.8, 9.3.6 and 9.3.7).</summary>
public static class Release
{
    public static void WriteRequest(PduBuffer to) => Write(to, PduType.ReleaseRequest);

    public static void WriteResponse(PduBuffer to) => Write(to, PduType.ReleaseResponse);

    private static void Write(PduBuffer to, PduType type)
    {
        var pdu = to.BeginPdu(type);
        to.Zeros(4).EndPdu(pdu);
    }
}
