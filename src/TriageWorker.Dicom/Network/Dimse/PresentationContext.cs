namespace TriageWorker.Dicom.Network;

/// <summary>A presentation context both sides agreed on (PS3.8, 7.1.1.13), and which roles this side has in it (PS3.7, D.3.3.4).</summary>
/// <param name="Performs">This side is the SCP: it may be sent requests.</param>
/// <param name="Invokes">This side is the SCU: it may send requests.</param>
public sealed record PresentationContext(byte Id, string AbstractSyntax, string TransferSyntax, bool Performs, bool Invokes);

/// <summary>What an association was agreed on.</summary>
/// <param name="MaxPduSent">The longest P-DATA-TF body to send, in bytes.</param>
/// <param name="MaxInvoked">Requests of this side that may be open at once.</param>
/// <param name="MaxPerformed">Requests of the peer that may be open at once.</param>
internal sealed record Agreement(IReadOnlyDictionary<byte, PresentationContext> Contexts, uint MaxPduSent, int MaxInvoked, int MaxPerformed)
{
    /// <summary>The longest body sent to a peer that takes any; beyond it nothing gets faster.</summary>
    private const uint LongestPdu = 256 * 1024;

    /// <summary>What stands for "any number" in an asynchronous operations window.</summary>
    private const int AnyNumber = 64;

    /// <summary>The least PDU that holds a fragment of two bytes.</summary>
    private const uint ShortestPdu = 8;

    public static uint PduSent(uint peerTakes) => peerTakes is 0 or > LongestPdu ? LongestPdu : Math.Max(peerTakes, ShortestPdu);

    public static int Window(ushort negotiated) => negotiated == 0 ? AnyNumber : negotiated;
}
