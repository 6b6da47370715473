using System.Diagnostics;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Delivery;

/// <summary>The configured destinations, by name.</summary>
public sealed class DestinationDirectory(
    IOptions<RouteOptions> routes, IOptions<DeliveryOptions> options, Spool spool, IndexStore index, StudyStore studies, TimeProvider clock)
{
    /// <summary>Null when the settings no longer name it.</summary>
    public Route? Find(string name) => routes.Value.Find(name);

    public IDestination To(Route route) => route.Kind switch
    {
        RouteKind.Dicom => new PacsDestination(route, options.Value.CallingAe, clock),
        RouteKind.Stow => new StowDestination(route, clock),
        RouteKind.OwnStore => new OwnStoreDestination(spool, index, studies, clock),
        _ => throw new UnreachableException($"{route.Kind} is no kind of destination we know."),
    };
}
