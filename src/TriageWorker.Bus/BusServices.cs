using MassTransit;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Bus;

/// <summary>A stage that this process works on, and how many rows of it at once.</summary>
public sealed record ServedStage(Stage Stage, int Slots);

public static class BusServices
{
    private const string TransportCheck = "masstransit-bus";

    /// <summary>Claims, outbox, sweeper and the transport. After <c>AddStore</c>; the roles then add their stages with <see cref="AddStage"/>.</summary>
    public static IServiceCollection AddBus(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<BusOptions>().Bind(configuration.GetSection(BusOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<BusOptions>, BusOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton<StageSignals>();
        services.TryAddSingleton<WorkQueue>();
        services.AddMassTransit(bus =>
        {
            bus.DisableUsageTelemetry();
            bus.ConfigureHealthCheckOptions(own => own.Name = TransportCheck);
            bus.AddConsumer<WakeUpConsumer>();
            bus.AddReceiveEndpointObserver<BrokerWatch>();
            bus.AddReceiveObserver<ForeignMessages>();
            if (configuration.GetValue<BusTransport>($"{BusOptions.Section}:{nameof(BusOptions.Transport)}") == BusTransport.RabbitMq) UseRabbitMq(bus);
            else UseMemory(bus);
        });
        // The transport's own check calls the process unready when the broker is away, and its words name addresses.
        services.PostConfigure<HealthCheckServiceOptions>(health =>
        {
            foreach (var own in health.Registrations.Where(check => check.Name == TransportCheck).ToList()) health.Registrations.Remove(own);
        });
        services.AddHealthChecks().AddCheck<BrokerHealth>(BrokerHealth.Name);
        services.AddMetrics().TryAddSingleton<WaitingGauges>();
        services.AddHostedService<OutboxPublisher>();
        services.TryAddSingleton<Sweeper>();
        services.AddHostedService(provider => provider.GetRequiredService<Sweeper>());
        services.AddOptions<NodeOptions>().Bind(configuration.GetSection(NodeOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<NodeOptions>, NodeOptionsValidator>());
        services.TryAddSingleton(new ProcessRoles([]));
        services.AddHostedService<NodeHeartbeat>();
        services.AddSingleton<IWatched>(provider => provider.GetRequiredService<Sweeper>().Expired);
        services.TryAddSingleton<StuckWork>();
        services.AddSingleton<IWatched>(provider => provider.GetRequiredService<StuckWork>());
        return services;
    }

    /// <summary>Works on a stage in this process, so many rows at a time.</summary>
    public static IServiceCollection AddStage<TWork>(this IServiceCollection services, Stage stage, Func<IServiceProvider, int> slots)
        where TWork : class, IStageWork
    {
        services.TryAddSingleton<TWork>();
        services.AddSingleton(provider => new ServedStage(stage, slots(provider)));
        services.AddSingleton<Microsoft.Extensions.Hosting.IHostedService>(provider =>
            ActivatorUtilities.CreateInstance<StageLoop>(provider, provider.GetRequiredService<TWork>(), slots(provider)));
        return services;
    }

    private static void UseMemory(IBusRegistrationConfigurator bus) => bus.UsingInMemory((context, transport) =>
    {
        foreach (var served in context.GetServices<ServedStage>())
            transport.ReceiveEndpoint(served.Stage.Queue(), endpoint => Consume(endpoint, context));
    });

    private static void UseRabbitMq(IBusRegistrationConfigurator bus) => bus.UsingRabbitMq((context, transport) =>
    {
        var broker = context.GetRequiredService<IOptions<BusOptions>>().Value.Uri!;
        transport.Host(broker, host => host.PublisherConfirmation = true);
        foreach (var served in context.GetServices<ServedStage>())
            transport.ReceiveEndpoint(served.Stage.Queue(), endpoint =>
            {
                endpoint.SetQuorumQueue();
                Consume(endpoint, context);
            });
    });

    // Tokens are sent, never published, so no exchange per message type is needed.
    private static void Consume(IReceiveEndpointConfigurator endpoint, IBusRegistrationContext context)
    {
        endpoint.ConfigureConsumeTopology = false;
        // What is no token says nothing and is kept for nobody; by default it would fill queues that nobody reads.
        endpoint.DiscardFaultedMessages();
        endpoint.DiscardSkippedMessages();
        endpoint.PublishFaults = false;
        endpoint.ConfigureConsumer<WakeUpConsumer>(context);
    }
}
