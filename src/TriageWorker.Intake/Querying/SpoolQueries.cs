using Microsoft.Extensions.Options;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>
/// Query/retrieve of the spool at study root (PS3.4, C.6.2). It has limits and places of its own and holds no connection to the
/// database while its peer takes its time, so that nothing that is asked here keeps an image waiting.
/// </summary>
internal sealed class SpoolQueries(IOptions<IntakeOptions> options, SpoolSearches searches, SpoolRetrievals retrievals)
{
    private readonly Places _associations = new(options.Value.Query.MaxAssociations);

    /// <summary>The models that are offered.</summary>
    public static IReadOnlyCollection<string> Models { get; } = [DicomUid.StudyRootQueryRetrieveInformationModelFind, DicomUid.StudyRootQueryRetrieveInformationModelMove];

    /// <summary>A place for an association that asks for queries alone; null when all are taken.</summary>
    public IDisposable? TryEnter() => _associations.TryTake();

    /// <summary>What is offered to one caller, also to one that may not query: it is told so.</summary>
    public IReadOnlyList<DimseService> For(AssociationCaller caller, CallerTreatment treatment) =>
    [
        new FindService([DicomUid.StudyRootQueryRetrieveInformationModelFind], (request, stop) => searches.FindAsync(caller, treatment, request, stop), request => QueryIdentifier.OfSearch(request.Identifier).IsHonoured),
        new MoveService([DicomUid.StudyRootQueryRetrieveInformationModelMove], caller.CallingAe, (request, stop) => retrievals.PlanAsync(caller, treatment, request, stop)),
    ];

    internal static DimseRefusalException NotAllowed(string setting) => new(DimseStatus.SopClassNotSupported, $"this caller may not: {IntakeOptions.Section}:{nameof(IntakeOptions.Callers)}:n:{setting}");
}
