using System.Net;
using TriageWorker.Dicom.Network;

namespace TriageWorker.Dicom.Tests.Network;

/// <summary>Offers everybody the same services.</summary>
internal sealed class OpenHouse(params DimseService[] services) : IAssociationService
{
    public ValueTask<Admission> AdmitAsync(AssociationCaller caller, CancellationToken cancellationToken) => new(new Admission.Accepted(services));

    public void Dismissed(EndPoint? remote, string because)
    {
    }
}
