namespace TriageWorker.Dicom.Network;

/// <summary>What came of a request: proposed and answered, put together.</summary>
internal static class RequestedAgreement
{
    public static Agreement Of(AssociationRequest request, AssociateAccept accept)
    {
        var contexts = from answer in accept.Contexts
                       where answer.Result == ContextResult.Accepted
                       join proposed in request.Contexts on answer.Id equals proposed.Id
                       where proposed.TransferSyntaxes.Contains(answer.TransferSyntax) // one that was not proposed cannot be spoken
                       let role = Role(request, accept, proposed.AbstractSyntax)
                       select new PresentationContext(answer.Id, proposed.AbstractSyntax, answer.TransferSyntax, Performs: role.IsScp, Invokes: role.IsScu);
        // A peer that says nothing of a window has declined it (PS3.7, D.3.3.3.2).
        var window = request.Operations is { } asked && accept.User.Operations is { } answered ? answered.Within(asked) : AsynchronousOperations.Synchronous;
        return new Agreement(contexts.GroupBy(context => context.Id).ToDictionary(group => group.Key, group => group.First()),
            Agreement.PduSent(accept.User.MaxPduLength), Agreement.Window(window.Invoked), Agreement.Window(window.Performed));
    }

    // Without an answer the roles are those of old: the requestor is the SCU (PS3.7, D.3.3.4.2).
    private static RoleSelection Role(AssociationRequest request, AssociateAccept accept, string sopClass) =>
        request.Roles.Any(role => role.SopClassUid == sopClass) && accept.User.Roles.FirstOrDefault(role => role.SopClassUid == sopClass) is { } answer
            ? answer
            : new RoleSelection(sopClass, IsScu: true, IsScp: false);
}
