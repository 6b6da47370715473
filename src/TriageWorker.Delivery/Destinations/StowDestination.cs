using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;
using TriageWorker.DicomWeb;

namespace TriageWorker.Delivery;

/// <summary>A DICOMweb service, by STOW-RS (PS3.18, 10.5). It cannot be asked what it takes, so it gets the best class that a document can have.</summary>
internal sealed class StowDestination(Route route, TimeProvider clock) : IDestination
{
    public Task<IHandover> OpenAsync(IReadOnlyList<string> sopClasses, CancellationToken stop) =>
        Task.FromResult<IHandover>(new Handover(StowConnection.To(route, clock), sopClasses[0]));

    private sealed class Handover(StowConnection connection, string sopClassUid) : IHandover
    {
        public string SopClassUid => sopClassUid;

        public async Task<Handed> SendAsync(DicomFile document, ReadOnlyMemory<byte> part10, CancellationToken stop)
        {
            try
            {
                var answer = await connection.Client.StoreAsync([OutgoingInstance.OfBytes(part10)], stop);
                return Of(answer.Find(document.Dataset.GetString(DicomTag.SOPInstanceUID)!));
            }
            catch (DicomWebException refused) when (refused.Fault == DicomWebFault.Status)
            {
                return new Handed.NotTaken(StowFaults.Of(refused.Status!.Value));
            }
        }

        public ValueTask DisposeAsync()
        {
            connection.Dispose();
            return ValueTask.CompletedTask;
        }

        // As with C-STORE, what it holds under this UID already is this document.
        private static Handed Of(StowOutcome? outcome) => outcome switch
        {
            null => new Handed.NotTaken(StowFaults.NotNamed),
            { FailureReason: { } reason } when new DimseStatus(reason) != DimseStatus.DuplicateSopInstance => new Handed.NotTaken(StowFaults.Of(reason)),
            _ => new Handed.Taken(),
        };
    }
}
