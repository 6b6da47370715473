namespace TriageWorker.Dicom.Network;

/// <summary>What the next bytes of a connection are, before the state machine is asked.</summary>
/// <param name="Event">None for a piece of a P-DATA-TF whose head came before.</param>
/// <param name="Body">The whole body of a PDU other than P-DATA-TF; null when its state does not want it.</param>
/// <param name="Abort">What to send when the event ends the association.</param>
internal readonly record struct PduArrival(UpperLayerEvent Event, PdvFragment Fragment, byte[]? Body, Abort Abort, string Because)
{
    public static PduArrival Invalid(Abort abort, string because) => new(UpperLayerEvent.UnrecognisedPdu, default, null, abort, because);
}
