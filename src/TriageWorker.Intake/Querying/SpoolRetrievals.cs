using System.Net;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Dicom.Matching;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Intake;

/// <summary>Plans what C-MOVE sends: the files of this spool, as they are. Who had images sent where stands in the ledger before the first one goes.</summary>
internal sealed partial class SpoolRetrievals(
    QueryStore store, RetrievalStore ledger, Spool spool, MoveTargets targets, IOptions<IntakeOptions> options, ILogger<SpoolRetrievals> log)
{
    private const int MostImages = 100_000; // their paths are held in memory while they are sent
    private readonly Places _places = new(options.Value.Query.MaxRetrievals);

    /// <exception cref="DimseRefusalException">Nothing is sent.</exception>
    public async ValueTask<MovePlan> PlanAsync(AssociationCaller caller, CallerTreatment treatment, MoveRequest request, CancellationToken stop)
    {
        if (treatment.MoveTo.Count == 0) throw Refused(caller, SpoolQueries.NotAllowed(nameof(CallerOptions.MoveTo)));
        if (targets.Find(request.Destination) is not { } target) return Unknown(caller, request.Destination);
        if (!treatment.MoveTo.Any(title => title == "*" || title.Trim() == request.Destination))
            throw Refused(caller, new(DimseStatus.MoveDestinationUnknown, $"this caller may have nothing sent to {request.Destination}"));
        var identifier = QueryIdentifier.OfRetrieval(request.Identifier);
        var place = _places.TryTake() ?? throw Refused(caller, new(DimseStatus.UnableToPerformSubOperations, "as many retrievals as are done at once are under way"));
        try
        {
            return await PlanAsync(caller, identifier, target, place, stop);
        }
        catch (Exception)
        {
            place.Dispose();
            throw;
        }
    }

    private async Task<MovePlan.Send> PlanAsync(AssociationCaller caller, QueryIdentifier identifier, AssociationRequest target, IDisposable place, CancellationToken stop)
    {
        try
        {
            var found = await store.FindAsync(new ObjectQuery(QueryLevel.Instance, identifier.Keys, MostImages + 1), stop);
            if (found.Count > MostImages) throw Refused(caller, new(DimseStatus.UnableToCountMatches, $"more than {MostImages} images match; ask for less"));
            foreach (var study in found.CountBy(one => one.Study)) await ledger.AskedAsync(new StudyUid(study.Key), caller.CallingAe, $"{caller.Remote}", target.CalledAe, study.Value, stop);
            LogAsked(caller.CallingAe, caller.Remote, found.Count, target.CalledAe);
            var here = found.ToLookup(one => File.Exists(spool.At(one.Instance!.Path)));
            return new MovePlan.Send(target, [.. here[true].Select(one => spool.At(one.Instance!.Path))])
            {
                Unavailable = [.. here[false].Select(one => one.Instance!.Sop.Value)],
                Ended = counts =>
                {
                    place.Dispose();
                    LogSent(caller.CallingAe, target.CalledAe, counts.Completed + counts.Warning, counts.Failed, counts.Remaining);
                },
            };
        }
        catch (NpgsqlException away) when (!stop.IsCancellationRequested)
        {
            LogAway(caller.CallingAe, away.Message);
            throw new DimseRefusalException(DimseStatus.UnableToCountMatches, "it cannot be looked up now; ask again");
        }
    }

    private MovePlan.UnknownDestination Unknown(AssociationCaller caller, string destination)
    {
        LogRefused(caller.CallingAe, caller.Remote, DimseStatus.MoveDestinationUnknown, $"{destination} is in neither {IntakeOptions.Section}:Query:Destinations nor Destinations");
        return new MovePlan.UnknownDestination();
    }

    private DimseRefusalException Refused(AssociationCaller caller, DimseRefusalException refusal)
    {
        LogRefused(caller.CallingAe, caller.Remote, refusal.Status, refusal.Message);
        return refusal;
    }

    [LoggerMessage(1073, LogLevel.Information, "{Caller} ({Remote}) asks by C-MOVE for {Images} images to be sent to {Destination}")]
    private partial void LogAsked(string caller, EndPoint? remote, int images, string destination);

    [LoggerMessage(1074, LogLevel.Information, "C-MOVE of {Caller} to {Destination} is over: {Sent} images sent, {Failed} not, {Remaining} not tried")]
    private partial void LogSent(string caller, string destination, int sent, int failed, int remaining);

    [LoggerMessage(1075, LogLevel.Warning, "C-MOVE of {Caller} ({Remote}) was refused with {Status}: {Because}")]
    private partial void LogRefused(string caller, EndPoint? remote, DimseStatus status, string because);

    [LoggerMessage(1076, LogLevel.Warning, "C-MOVE of {Caller} cannot be answered, and it is told to ask again: {Reason}")]
    private partial void LogAway(string caller, string reason);
}
