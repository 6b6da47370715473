namespace TriageWorker.Dicom.Network;

/// <summary>Answers each proposed context: verification, and every storage SOP class in a syntax that can be kept as received.</summary>
internal static class Negotiation
{
    // PS3.4, annex B.5: the standard's storage classes share this prefix; inventory services (201.*) sit below it and store nothing.
    private const string StoragePrefix = "1.2.840.10008.5.1.4.1.1.";
    private const string InventoryPrefix = StoragePrefix + "201.";

    public static bool IsStorage(string sopClass) =>
        sopClass.StartsWith(StoragePrefix, StringComparison.Ordinal) && !sopClass.StartsWith(InventoryPrefix, StringComparison.Ordinal);

    /// <summary>What must end the association before any context is looked at; null when nothing does.</summary>
    public static AssociateReject? Refusal(AssociateRequest request)
    {
        if ((request.ProtocolVersion & 1) == 0) return AssociateReject.ProtocolVersionNotSupported;
        return request.ApplicationContext == AssociateRequest.DicomApplicationContext ? null : AssociateReject.ApplicationContextNotSupported;
    }

    public static AssociateAccept Answer(AssociateRequest request, uint maxPduLength) => new(
        request.CalledAe, request.CallingAe, [.. request.Contexts.Select(Answer)],
        new UserInformation(maxPduLength, Implementation.ClassUid, Implementation.Version));

    private static NegotiatedContext Answer(ProposedContext proposed)
    {
        if (proposed.AbstractSyntax != DicomUid.Verification && !IsStorage(proposed.AbstractSyntax))
        {
            return new NegotiatedContext(proposed.Id, ContextResult.AbstractSyntaxNotSupported, proposed.TransferSyntaxes[0]);
        }

        return AcceptedSyntaxes.Choose(proposed.TransferSyntaxes) is { } syntax
            ? new NegotiatedContext(proposed.Id, ContextResult.Accepted, syntax)
            : new NegotiatedContext(proposed.Id, ContextResult.TransferSyntaxesNotSupported, proposed.TransferSyntaxes[0]);
    }
}
