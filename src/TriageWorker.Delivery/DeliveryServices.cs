using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Delivery;

public static class DeliveryServices
{
    /// <summary>The delivery role, after <c>AddStore</c> and <c>AddBus</c>.</summary>
    public static IServiceCollection AddDelivery(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<DeliveryOptions>().Bind(configuration.GetSection(DeliveryOptions.Section)).ValidateOnStart();
        services.AddOptions<RouteOptions>().Bind(configuration).PostConfigure(options =>
        {
            if (options.Destinations.Count == 0)
                options.Destinations.Add(new Route { Name = DestinationOptions.OwnStore, Kind = RouteKind.OwnStore, Demonstration = true });
        }).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DeliveryOptions>, DeliveryOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RouteOptions>, RouteAttributesValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RouteOptions>, RouteOptionsValidator>());
        services.TryAddSingleton<ReportInputs>();
        services.TryAddSingleton<DestinationDirectory>();
        services.TryAddSingleton<ForwardOriginals>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatched, WatchedSpool>()); // our own store is the spool
        services.AddSpoolHealth();
        return services.AddStage<DeliverNextDue>(Stage.Delivery, provider => provider.GetRequiredService<IOptions<DeliveryOptions>>().Value.Slots);
    }
}
