namespace TriageWorker.Dicom.Network;

/// <summary>What one connection may ask of this side, and how long it may take.</summary>
/// <param name="MaxPduLength">The longest P-DATA-TF body taken, in bytes.</param>
/// <param name="Artim">For the first PDU of a caller, and for the answer to ours (PS3.8, 9.1.5).</param>
/// <param name="Close">For the other side to close the connection after the last PDU (ARTIM in Sta13).</param>
/// <param name="Send">For the peer to take what it is sent.</param>
internal sealed record UpperLayerLimits(uint MaxPduLength, TimeSpan Artim, TimeSpan Close, TimeSpan Send)
{
    /// <summary>An association PDU of 128 contexts with some ten syntaxes stays well below this.</summary>
    public const uint MaxAssociationPdu = 256 * 1024;

    /// <summary>Rejections, releases and aborts have four bytes.</summary>
    public const uint MaxControlPdu = 1024;

    public uint Of(PduType type) => type switch
    {
        PduType.Data => MaxPduLength,
        PduType.AssociateRequest or PduType.AssociateAccept => MaxAssociationPdu,
        _ => MaxControlPdu,
    };
}
