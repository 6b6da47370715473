using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>What is said of each instance of a request (PS3.4, J.3.3; reasons of PS3.3, C.14.1.1).</summary>
internal static class CommitmentAnswer
{
    /// <param name="isArchive">The site has declared this product an archive. Scanners delete what is committed to, so without that nothing ever is.</param>
    public static CommitmentResult Of(string transactionUid, IReadOnlyList<CommittedImage> images, bool isArchive)
    {
        var judged = images.Select(image => (Instance: new SopReference(image.SopClass, image.Sop), Reason: ReasonOf(image, isArchive))).ToArray();
        return new CommitmentResult(transactionUid,
            [.. judged.Where(image => image.Reason == CommitmentFailure.None).Select(image => image.Instance)],
            [.. judged.Where(image => image.Reason != CommitmentFailure.None)]);
    }

    public static bool IsWhole(IReadOnlyList<CommittedImage> images) => images.All(image => image.StoredClass is not null);

    public static string Words(CommitmentResult result) => $"{result.Committed.Count} committed to, {result.Failed.Count} not";

    private static CommitmentFailure ReasonOf(CommittedImage image, bool isArchive) => image.StoredClass switch
    {
        null => CommitmentFailure.NoSuchInstance,
        var stored when stored != image.SopClass => CommitmentFailure.ClassInstanceConflict,
        _ => isArchive ? CommitmentFailure.None : CommitmentFailure.ProcessingFailure,
    };
}
