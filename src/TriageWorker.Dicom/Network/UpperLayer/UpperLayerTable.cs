using static TriageWorker.Dicom.Network.UpperLayerAction;

namespace TriageWorker.Dicom.Network;

/// <summary>The upper layer protocol machine (PS3.8, table 9-10): what an event does in a state, and the state after it.</summary>
internal static class UpperLayerTable
{
    private const UpperLayerAction No = None; // a blank cell: the event cannot happen there

    // One row an event, Evt1 to Evt19; one column a state, Sta1 to Sta13.
    private static readonly UpperLayerAction[][] s_actions =
    [
        //1    2    3    4    5    6    7    8    9    10    11   12   13
        [AE1, No, No, No, No, No, No, No, No, No, No, No, No],
        [No, No, No, AE2, No, No, No, No, No, No, No, No, No],
        [No, AA1, AA8, No, AE3, AA8, AA8, AA8, AA8, AA8, AA8, AA8, AA6],
        [No, AA1, AA8, No, AE4, AA8, AA8, AA8, AA8, AA8, AA8, AA8, AA6],
        [AE5, No, No, No, No, No, No, No, No, No, No, No, No],
        [No, AE6, AA8, No, AA8, AA8, AA8, AA8, AA8, AA8, AA8, AA8, AA7],
        [No, No, AE7, No, No, No, No, No, No, No, No, No, No],
        [No, No, AE8, No, No, No, No, No, No, No, No, No, No],
        [No, No, No, No, No, DT1, No, AR7, No, No, No, No, No],
        [No, AA1, AA8, No, AA8, DT2, AR6, AA8, AA8, AA8, AA8, AA8, AA6],
        [No, No, No, No, No, AR1, No, No, No, No, No, No, No],
        [No, AA1, AA8, No, AA8, AR2, AR8, AA8, AA8, AA8, AA8, AA8, AA6],
        [No, AA1, AA8, No, AA8, AA8, AR3, AA8, AA8, AR10, AR3, AA8, AA6],
        [No, No, No, No, No, No, No, AR4, AR9, No, No, AR4, No],
        [No, No, AA1, AA2, AA1, AA1, AA1, AA1, AA1, AA1, AA1, AA1, No],
        [No, AA2, AA3, No, AA3, AA3, AA3, AA3, AA3, AA3, AA3, AA3, AA2],
        [No, AA5, AA4, AA4, AA4, AA4, AA4, AA4, AA4, AA4, AA4, AA4, AR5],
        [No, AA2, No, No, No, No, No, No, No, No, No, No, AA2],
        [No, AA1, AA8, No, AA8, AA8, AA8, AA8, AA8, AA8, AA8, AA8, AA7],
    ];

    /// <summary>The action of a cell; <see cref="None"/> for a blank one.</summary>
    public static UpperLayerAction Action(UpperLayerState state, UpperLayerEvent happened) => s_actions[(int)happened - 1][(int)state - 1];

    /// <summary>The state an action leads to. Only a release collision asks who opened the association (AR-8).</summary>
    public static UpperLayerState Next(UpperLayerAction action, bool isRequestor) => action switch
    {
        AE1 => UpperLayerState.AwaitingTransport,
        AE2 => UpperLayerState.AwaitingAnswer,
        AE5 => UpperLayerState.AwaitingRequest,
        AE6 => UpperLayerState.AwaitingLocalResponse,
        AE3 or AE7 or DT1 or DT2 => UpperLayerState.Established,
        AR1 or AR6 => UpperLayerState.AwaitingReleaseAnswer,
        AR2 or AR7 => UpperLayerState.AwaitingLocalRelease,
        AR8 => isRequestor ? UpperLayerState.CollisionRequestorAnswers : UpperLayerState.CollisionAcceptorWaits,
        AR9 => UpperLayerState.CollisionRequestorWaits,
        AR10 => UpperLayerState.CollisionAcceptorAnswers,
        AE8 or AR4 or AA1 or AA6 or AA7 or AA8 => UpperLayerState.AwaitingClose,
        AE4 or AR3 or AR5 or AA2 or AA3 or AA4 or AA5 => UpperLayerState.Idle,
        _ => throw new ArgumentOutOfRangeException(nameof(action), action, "A blank cell leads nowhere."),
    };
}
