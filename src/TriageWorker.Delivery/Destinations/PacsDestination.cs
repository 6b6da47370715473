using System.Buffers.Binary;
using TriageWorker.Dicom;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Delivery;

/// <summary>A PACS, by C-STORE (PS3.4, annex B).</summary>
internal sealed class PacsDestination(Route route, string callingAe, TimeProvider clock) : IDestination
{
    private const string Syntax = DicomUid.ExplicitVRLittleEndian;

    public async Task<IHandover> OpenAsync(IReadOnlyList<string> sopClasses, CancellationToken stop)
    {
        var association = await DicomAssociation.RequestAsync(new AssociationRequest
        {
            Host = route.Host,
            Port = route.Port,
            CalledAe = route.CalledAe,
            CallingAe = route.CallingAe.Length > 0 ? route.CallingAe : callingAe,
            Contexts = AssociationRequest.ForObjects(sopClasses.Select(sopClass => (sopClass, Syntax))),
            Time = clock,
        }, stop);
        if (sopClasses.FirstOrDefault(sopClass => association.Accepts(sopClass, Syntax)) is { } accepted) return new Handover(association, accepted);
        await association.DisposeAsync();
        throw new DicomNetworkException(NetworkFault.NoContext, $"it takes none of {string.Join(", ", sopClasses.Select(NameOf))}.", isRetryWorthwhile: false);
    }

    private static string NameOf(string sopClass) => DicomUid.Find(sopClass)?.Name ?? sopClass;

    private sealed class Handover(DicomAssociation association, string sopClassUid) : IHandover
    {
        public string SopClassUid => sopClassUid;

        public async Task<Handed> SendAsync(DicomFile document, ReadOnlyMemory<byte> part10, CancellationToken stop)
        {
            var dataSet = new MemoryStream(part10[DataSetOffset(part10.Span)..].ToArray(), writable: false);
            var status = await association.StoreAsync(sopClassUid, document.Dataset.GetString(DicomTag.SOPInstanceUID)!, Syntax, dataSet, stop);
            var handed = Of(status);
            if (handed is Handed.Taken) await ReleaseAsync(stop);
            return handed;
        }

        public ValueTask DisposeAsync() => association.DisposeAsync();

        // Our UIDs follow the content, so what it holds under this one is this document: an answer of its was lost on the way.
        private static Handed Of(DimseStatus status) =>
            !status.IsFailure || status == DimseStatus.DuplicateSopInstance ? new Handed.Taken() : new Handed.NotTaken(PacsFaults.Of(status));

        private async Task ReleaseAsync(CancellationToken stop)
        {
            try
            {
                await association.ReleaseAsync(stop);
            }
            catch (DicomNetworkException)
            {
                // What is stored is stored, also when the peer takes no leave.
            }
        }
    }

    /// <summary>Preamble, prefix, group length element, and as many bytes of meta as that says (PS3.10, 7.1); we wrote the file.</summary>
    private static int DataSetOffset(ReadOnlySpan<byte> part10) => 144 + BinaryPrimitives.ReadInt32LittleEndian(part10[140..]);
}
