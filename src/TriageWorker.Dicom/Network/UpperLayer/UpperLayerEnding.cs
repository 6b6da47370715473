namespace TriageWorker.Dicom.Network;

/// <summary>Why an association (or a connection that never became one) is over.</summary>
/// <param name="Fault">The same for a requestor that waits for an answer; none after a release.</param>
internal sealed record UpperLayerEnding(EndingKind Kind, string Because, NetworkFault Fault)
{
    /// <summary>What the peer refused the association with.</summary>
    public AssociateReject? Rejection { get; init; }

    /// <summary>For whoever waited for something from this association.</summary>
    public DicomNetworkException AsException() => new(Fault, Fault switch
    {
        NetworkFault.Lost => $"The association is gone: {Because}.",
        NetworkFault.None => "The association has been released.",
        _ => $"The association ended: {Because}.",
    }, Fault is NetworkFault.Lost or NetworkFault.TimedOut or NetworkFault.Aborted or NetworkFault.None || Rejection is { IsTransient: true });
}
