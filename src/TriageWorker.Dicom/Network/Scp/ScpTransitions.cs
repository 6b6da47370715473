namespace TriageWorker.Dicom.Network;

internal enum ScpState
{
    /// <summary>Connected, no association yet (Sta2).</summary>
    AwaitingRequest,
    /// <summary>Association established (Sta6).</summary>
    Established,
}

internal enum ScpAction { Negotiate, TakeData, AcceptRelease, NoteAbort, AbortUnexpected }

/// <summary>The acceptor's half of the upper layer state machine (PS3.8, table 9-10), for the states in which it waits for a PDU.</summary>
/// <remarks>After the last PDU of ours the peer only has to close (Sta13), which the connection awaits without reading.</remarks>
internal static class ScpTransitions
{
    public static ScpAction Next(ScpState state, PduType pdu) => (state, pdu) switch
    {
        (ScpState.AwaitingRequest, PduType.AssociateRequest) => ScpAction.Negotiate,
        (ScpState.Established, PduType.Data) => ScpAction.TakeData,
        (ScpState.Established, PduType.ReleaseRequest) => ScpAction.AcceptRelease,
        (_, PduType.Abort) => ScpAction.NoteAbort,
        _ => ScpAction.AbortUnexpected,
    };
}
