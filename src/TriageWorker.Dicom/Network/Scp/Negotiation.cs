namespace TriageWorker.Dicom.Network;

/// <summary>The acceptor's half of negotiation: what is offered is what the services know (PS3.8, 7.1; PS3.7, D.3).</summary>
internal sealed class Negotiation(AssociateRequest request, IReadOnlyList<DimseService> services, DicomScpOptions options)
{
    private readonly Dictionary<string, RoleSelection> _proposedRoles = request.User.Roles
        .GroupBy(role => role.SopClassUid).ToDictionary(roles => roles.Key, roles => roles.First());

    /// <summary>What must end the association before any context is looked at; null when nothing does.</summary>
    public static AssociateReject? Refusal(AssociateRequest request)
    {
        if ((request.ProtocolVersion & 1) == 0) return AssociateReject.ProtocolVersionNotSupported;
        return request.ApplicationContext == AssociateRequest.DicomApplicationContext ? null : AssociateReject.ApplicationContextNotSupported;
    }

    /// <param name="identity">What the service says of the user; sent only when it was asked for.</param>
    public (AssociateAccept Accept, Agreement Agreement) Answer(UserIdentityResponse? identity)
    {
        var contexts = request.Contexts.Select(proposed => (Proposed: proposed, Answer: Answer(proposed))).ToList();
        var operations = request.User.Operations?.Within(options.Operations);
        var accept = new AssociateAccept(request.CalledAe, request.CallingAe, [.. contexts.Select(context => context.Answer)],
            new UserInformation(options.MaxPduLength, Implementation.ClassUid, Implementation.Version)
            {
                Operations = operations,
                Roles = [.. _proposedRoles.Values.Where(role => IsKnown(role.SopClassUid)).Select(Answer)],
                Extended = [.. request.User.Extended.Select(proposed => ServiceFor(proposed.SopClassUid)?.Extend(proposed)).OfType<ExtendedNegotiation>()],
                IdentityResponse = request.User.Identity is { WantsResponse: true } ? identity : null,
            });
        var agreed = contexts.Where(context => context.Answer.Result == ContextResult.Accepted).ToDictionary(
            context => context.Proposed.Id,
            context => Agreed(context.Proposed, context.Answer));
        // The window's words are the requestor's: what it invokes is performed here.
        var window = operations ?? AsynchronousOperations.Synchronous;
        return (accept, new Agreement(
            agreed, Agreement.PduSent(request.User.MaxPduLength), Agreement.Window(window.Performed), Agreement.Window(window.Invoked)));
    }

    private bool IsKnown(string sopClass) => services.Any(service => service.Knows(sopClass));

    private DimseService? ServiceFor(string sopClass) => services.FirstOrDefault(service => service.Knows(sopClass));

    private NegotiatedContext Answer(ProposedContext proposed)
    {
        if (ServiceFor(proposed.AbstractSyntax) is not { } service) return new NegotiatedContext(proposed.Id, ContextResult.AbstractSyntaxNotSupported, proposed.TransferSyntaxes[0]);
        if (service.Choose(proposed.TransferSyntaxes) is not { } syntax) return new NegotiatedContext(proposed.Id, ContextResult.TransferSyntaxesNotSupported, proposed.TransferSyntaxes[0]);
        return new NegotiatedContext(proposed.Id, ContextResult.Accepted, syntax);
    }

    private PresentationContext Agreed(ProposedContext proposed, NegotiatedContext answer)
    {
        var role = _proposedRoles.TryGetValue(proposed.AbstractSyntax, out var selection)
            ? Answer(selection)
            // Without a word the requestor is the SCU; some that report a commitment say none and mean to be the SCP.
            : Answer(new RoleSelection(proposed.AbstractSyntax, IsScu: true, IsScp: true));
        return new PresentationContext(proposed.Id, proposed.AbstractSyntax, answer.TransferSyntax, Performs: role.IsScu, Invokes: role.IsScp);
    }

    /// <summary>The roles of the requestor that somebody here is the other half of.</summary>
    private RoleSelection Answer(RoleSelection proposed) => new(
        proposed.SopClassUid,
        proposed.IsScu && services.Any(service => !service.IsScu && service.Knows(proposed.SopClassUid)),
        proposed.IsScp && services.Any(service => service.Knows(proposed.SopClassUid) && (service.IsScu || service.Reports)));
}
