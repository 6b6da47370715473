using System.Security.Cryptography;
using TriageWorker.Dicom;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

/// <summary>Our own spool, whose content our own viewer and DICOMweb show. What is there is marked as our own and never scored.</summary>
internal sealed class OwnStoreDestination(Spool spool, IndexStore index, StudyStore studies, TimeProvider clock) : IDestination
{
    public Task<IHandover> OpenAsync(IReadOnlyList<string> sopClasses, CancellationToken stop) =>
        Task.FromResult<IHandover>(new Handover(this, sopClasses[0]));

    private async Task KeepAsync(DicomFile document, ReadOnlyMemory<byte> part10, CancellationToken stop)
    {
        var set = document.Dataset;
        var digest = SHA256.HashData(set.ToBytes(document.TransferSyntax));
        var study = await studies.FindAsync(new StudyUid(set.GetString(DicomTag.StudyInstanceUID)!), stop)
            ?? throw new InvalidOperationException("The document speaks of a study that is not stored.");
        var path = spool.KeepOwn(part10.Span, digest);
        await index.AddOwnAsync(new InstanceArrival(
            new SopInstanceUid(set.GetString(DicomTag.SOPInstanceUID)!), digest,
            new StudyArrival(study.Uid, study.Caller, study.Order, TimeSpan.Zero),
            new SeriesArrival(new SeriesUid(set.GetString(DicomTag.SeriesInstanceUID)!), set.GetString(DicomTag.Modality), set.GetString(DicomTag.SeriesDescription)) { Number = set.GetInt32(DicomTag.SeriesNumber) },
            set.GetString(DicomTag.SOPClassUID)!, document.TransferSyntax.Uid, path, part10.Length, AssociationId: null, clock.GetUtcNow()) { Number = set.GetInt32(DicomTag.InstanceNumber) }, spool.Id, stop);
    }

    private sealed class Handover(OwnStoreDestination store, string sopClassUid) : IHandover
    {
        public string SopClassUid => sopClassUid;

        public async Task<Handed> SendAsync(DicomFile document, ReadOnlyMemory<byte> part10, CancellationToken stop)
        {
            await store.KeepAsync(document, part10, stop);
            return new Handed.Taken();
        }

        public ValueTask DisposeAsync() => ValueTask.CompletedTask;
    }
}
