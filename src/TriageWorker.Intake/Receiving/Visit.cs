using System.Diagnostics;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Intake;

/// <summary>
/// An association that asks for nothing but C-ECHO or queries. It can bring no image, so it is no evidence: it keeps no study of its
/// caller open, has no row and does not count for the caller's line.
/// </summary>
internal sealed class Visit(Listener listener, AssociationCaller caller, DateTimeOffset openedAt, IDisposable? place) : IStorageSession
{
    public static bool IsOne(AssociationCaller caller) => !caller.SopClasses.Any(BringsOrAnnounces);

    public static bool AsksForQueries(AssociationCaller caller) => caller.SopClasses.Any(SpoolQueries.Models.Contains);

    public ValueTask<IIncomingObject> BeginAsync(StoreHead head, CancellationToken cancellationToken) => throw new UnreachableException("No context for storage was asked for.");

    public void Refused(StoreHead head, StoreVerdict verdict, string because) => throw new UnreachableException("No context for storage was asked for.");

    public ValueTask EndAsync(Dicom.Network.AssociationEnding ending, CancellationToken cancellationToken)
    {
        place?.Dispose();
        listener.Left(caller, openedAt, ending);
        return ValueTask.CompletedTask;
    }

    private static bool BringsOrAnnounces(string sopClass) =>
        StorageService.IsStorage(sopClass) || sopClass is DicomUid.StorageCommitmentPushModel or DicomUid.InstanceAvailabilityNotification;
}
