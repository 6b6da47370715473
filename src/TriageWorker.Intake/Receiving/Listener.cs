using System.Diagnostics.CodeAnalysis;
using System.Net;
using Microsoft.Extensions.Logging;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Says who may push, and hands each association its way into the spool.</summary>
internal sealed partial class Listener(CallerRules rules, Spool spool, LiveAssociations live, RefusedCallers refused, CallerFigures figures, Announcements announcements, SpoolQueries queries, UidHash uids, TimeProvider clock, ILogger<Listener> log) : IAssociationService
{
    public ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken) => ValueTask.FromResult(Admit(caller));

    public void Dismissed(EndPoint? remote, string because)
    {
        IntakeTelemetry.Dismissed();
        LogDismissed(remote, because);
    }

    internal void Ended(LiveAssociation association, Dicom.Network.AssociationEnding ending)
    {
        association.End(ending);
        figures.Ended(association, ending);
        IntakeTelemetry.Ended($"{association.Ending}".ToLowerInvariant());
        spool.Arrivals.Wake();
        var caller = association.Caller;
        LogEnded(caller.CallingAe, caller.Remote, caller.AssociationId, ending.Objects, ending.Bytes / 1e6, ending.Refused,
            (clock.GetUtcNow() - association.OpenedAt).TotalSeconds, ending.Because);
    }

    internal void Refused(LiveAssociation association, StoreHead head, StoreVerdict verdict, string because)
    {
        IntakeTelemetry.Refused();
        figures.Refused(association, verdict == StoreVerdict.OutOfResources ? "this side was out of resources" : because);
        LogRefused(association.Caller.CallingAe, uids.Of(head.SopInstanceUid), verdict.Status(), because);
    }

    internal void Left(AssociationCaller caller, DateTimeOffset since, Dicom.Network.AssociationEnding ending)
    {
        IntakeTelemetry.Ended($"{LiveAssociation.EndingOf(ending.Kind)}".ToLowerInvariant());
        LogLeft(caller.CallingAe, caller.Remote, (clock.GetUtcNow() - since).TotalSeconds, ending.Because);
    }

    private Admission Admit(AssociationCaller caller) => Visit.IsOne(caller) ? Receive(caller)
        : TryOpen(caller, out var session, out var refusal) ? new Admission.Accepted([new StorageService(session), .. announcements.For(caller), .. queries.For(caller, rules.Treatment(caller))])
        : new Admission.Rejected(refusal);

    // What is asked does not depend on the room that the spool has; a C-ECHO is to tell whether images would be taken.
    private Admission Receive(AssociationCaller caller)
    {
        if (IsRefused(caller, out var refusal)) return new Admission.Rejected(refusal);
        var asks = Visit.AsksForQueries(caller);
        if (!asks && IsInTrouble(caller)) return new Admission.Rejected(AssociateReject.LocalLimitExceeded);
        var place = asks ? queries.TryEnter() : null;
        if (asks && place is null)
        {
            LogCrowded(caller.CallingAe, caller.Remote);
            return new Admission.Rejected(AssociateReject.LocalLimitExceeded);
        }

        IntakeTelemetry.Opened();
        return new Admission.Accepted([new StorageService(new Visit(this, caller, clock.GetUtcNow(), place)), .. queries.For(caller, rules.Treatment(caller))]);
    }

    /// <summary>Lets a caller in, whatever it speaks. The session is told its end.</summary>
    internal bool TryOpen(AssociationCaller caller, [NotNullWhen(true)] out ReceivingSession? session, out AssociateReject refusal)
    {
        session = null;
        if (IsRefused(caller, out refusal)) return false;
        if (IsInTrouble(caller))
        {
            refusal = AssociateReject.LocalLimitExceeded;
            return false;
        }

        var association = live.Open(caller, rules.Treatment(caller), clock.GetUtcNow());
        figures.Opened(association);
        IntakeTelemetry.Opened();
        spool.Arrivals.Wake(); // the row that says "open" keeps studies of this caller from closing
        session = new ReceivingSession(this, association, spool, figures, clock);
        return true;
    }

    private bool IsRefused(AssociationCaller caller, out AssociateReject refusal)
    {
        refusal = default;
        if (rules.Refusal(caller) is not { } notAllowed) return false;
        LogNotAllowed(caller.CallingAe, caller.Remote, caller.CalledAe, notAllowed.Because);
        refused.Note(caller, notAllowed.Because);
        refusal = notAllowed.Reason;
        return true;
    }

    private bool IsInTrouble(AssociationCaller caller)
    {
        if (spool.Trouble is not { } trouble) return false;
        LogTrouble(caller.CallingAe, caller.Remote, trouble);
        return true;
    }

    [LoggerMessage(1001, LogLevel.Information,
        "Association of {Caller} ({Remote}) ended: {Objects} objects, {Megabytes:0.0} MB, {Refused} refused in {Seconds:0.0} s; {Because} [{Association}]")]
    private partial void LogEnded(
        string caller, EndPoint? remote, Guid association, int objects, double megabytes, int refused, double seconds, string because);

    [LoggerMessage(1002, LogLevel.Warning, "Connection from {Remote} brought no association: {Because}")]
    private partial void LogDismissed(EndPoint? remote, string because);

    [LoggerMessage(1003, LogLevel.Warning, "Caller {Caller} ({Remote}) asking for {Called} is not allowed: {Because}")]
    private partial void LogNotAllowed(string caller, EndPoint? remote, string called, string because);

    [LoggerMessage(1004, LogLevel.Error, "Caller {Caller} ({Remote}) was told to come back: {Trouble}")]
    private partial void LogTrouble(string caller, EndPoint? remote, string trouble);

    [LoggerMessage(1005, LogLevel.Warning, "Object {ObjectHash} of {Caller} was refused with {Status}: {Because}")]
    private partial void LogRefused(string caller, string objectHash, DimseStatus status, string because);

    [LoggerMessage(1006, LogLevel.Information, "Association of {Caller} ({Remote}), which could bring no images, ended after {Seconds:0.0} s; {Because}")]
    private partial void LogLeft(string caller, EndPoint? remote, double seconds, string because);

    [LoggerMessage(1007, LogLevel.Warning, "Caller {Caller} ({Remote}) was told to come back: as many associations as there may be at once that only query are open (Intake:Query:MaxAssociations)")]
    private partial void LogCrowded(string caller, EndPoint? remote);
}
