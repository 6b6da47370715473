using System.Net;
using System.Runtime.CompilerServices;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using Npgsql;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>Answers C-FIND from rows, page by page as the peer takes the matches; no file is read.</summary>
internal sealed partial class SpoolSearches(QueryStore store, IOptions<IntakeOptions> options, TimeProvider clock, ILogger<SpoolSearches> log)
{
    private const int PageSize = 200;
    private readonly IntakeQueryOptions _limits = options.Value.Query;
    private readonly Places _places = new(options.Value.Query.MaxSearches);

    /// <exception cref="DimseRefusalException">It is not answered, or no further.</exception>
    public async IAsyncEnumerable<DicomDataset> FindAsync(
        AssociationCaller caller, CallerTreatment treatment, FindRequest request, [EnumeratorCancellation] CancellationToken stop)
    {
        if (!treatment.MayQuery) throw Refused(caller, SpoolQueries.NotAllowed(nameof(CallerOptions.Query)));
        using var place = _places.TryTake() ?? throw Refused(caller, new(DimseStatus.OutOfResources, "as many searches as are done at once are under way"));
        var (identifier, began) = (QueryIdentifier.OfSearch(request.Identifier), clock.GetTimestamp());
        var told = new HashSet<string>(StringComparer.Ordinal); // what arrives meanwhile moves the pages on
        for (var (skip, isLast) = (0, false); !isLast; skip += PageSize)
        {
            var page = await PageAsync(caller, new ObjectQuery(identifier.Level, identifier.Keys, PageSize, skip), stop);
            isLast = page.Count < PageSize;
            foreach (var found in page.Where(found => told.Add(KeyOf(found))))
            {
                if (told.Count > _limits.MaxMatches) throw Refused(caller, new(DimseStatus.OutOfResources, $"more than {_limits.MaxMatches} match; ask for less"));
                yield return Answer(identifier, found);
            }
        }

        LogAnswered(caller.CallingAe, caller.Remote, identifier.LevelName, told.Count, clock.GetElapsedTime(began).TotalSeconds);
    }

    private async Task<List<FoundObject>> PageAsync(AssociationCaller caller, ObjectQuery query, CancellationToken stop)
    {
        try
        {
            return await store.FindAsync(query, stop);
        }
        catch (NpgsqlException away) when (!stop.IsCancellationRequested)
        {
            LogAway(caller.CallingAe, away.Message);
            throw new DimseRefusalException(DimseStatus.OutOfResources, "it cannot be looked up now; ask again");
        }
    }

    private DicomDataset Answer(QueryIdentifier identifier, FoundObject found)
    {
        var (known, answer) = (found.Attributes, new DicomDataset().Set(DicomTag.QueryRetrieveLevel, identifier.LevelName));
        foreach (var tag in identifier.Uids.Concat(identifier.Wanted).Where(known.Contains)) answer.Copy(known, tag);
        return known.GetString(DicomTag.InstanceAvailability) == "ONLINE" ? answer.Set(DicomTag.RetrieveAETitle, options.Value.AeTitle.Trim()) : answer; // PS3.4, C.4.1.1.3.2
    }

    private DimseRefusalException Refused(AssociationCaller caller, DimseRefusalException refusal)
    {
        LogRefused(caller.CallingAe, caller.Remote, refusal.Status, refusal.Message);
        return refusal;
    }

    private static string KeyOf(FoundObject found) => found.Instance?.Sop.Value ?? found.Series ?? found.Study;

    [LoggerMessage(1070, LogLevel.Information, "{Caller} ({Remote}) searched by C-FIND on the level {Level}: {Matches} matches in {Seconds:0.00} s")]
    private partial void LogAnswered(string caller, EndPoint? remote, string level, int matches, double seconds);

    [LoggerMessage(1071, LogLevel.Warning, "C-FIND of {Caller} ({Remote}) was refused with {Status}: {Because}")]
    private partial void LogRefused(string caller, EndPoint? remote, DimseStatus status, string because);

    [LoggerMessage(1072, LogLevel.Warning, "C-FIND of {Caller} cannot be answered, and it is told to ask again: {Reason}")]
    private partial void LogAway(string caller, string reason);
}
