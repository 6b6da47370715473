using System.Diagnostics;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>The configured destinations, by name.</summary>
public sealed class DestinationDirectory(
    IOptions<RouteOptions> routes, IOptions<DeliveryOptions> options, Spool spool, IndexStore index, StudyStore studies, TimeProvider clock)
{
    /// <summary>Null when the settings no longer name it.</summary>
    public Route? Find(string name) => routes.Value.Find(name);

    /// <summary>How to call a PACS; what to propose is said by what is sent.</summary>
    public AssociationRequest RequestTo(Route route) => new()
    {
        Host = route.Host,
        Port = route.Port,
        CalledAe = route.CalledAe,
        CallingAe = route.CallingAe.Length > 0 ? route.CallingAe : options.Value.CallingAe,
        Time = clock,
    };

    public IDestination To(Route route) => route.Kind switch
    {
        RouteKind.Dicom => new PacsDestination(route, options.Value.CallingAe, clock),
        RouteKind.Stow => new StowDestination(route, clock),
        RouteKind.OwnStore => new OwnStoreDestination(spool, index, studies, clock),
        _ => throw new UnreachableException($"{route.Kind} is no kind of destination we know."),
    };
}
