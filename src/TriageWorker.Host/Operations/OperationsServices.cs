using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.AspNetCore.Server.Kestrel.Transport.Sockets;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Store;

namespace TriageWorker.Host.Operations;

/// <summary>What every process tells about itself over HTTP, whatever its roles.</summary>
internal static class OperationsServices
{
    private const string Live = "/healthz", Ready = "/readyz", Metrics = "/metrics";

    /// <param name="worksWithoutDatabase">The process goes on without its database, so nobody should send its callers elsewhere.</param>
    public static IServiceCollection AddOperations(this IServiceCollection services, IConfiguration configuration, bool worksWithoutDatabase)
    {
        services.AddOptions<OperationsOptions>().Bind(configuration.GetSection(OperationsOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<OperationsOptions>, OperationsOptionsValidator>());
        services.AddSingleton<OperationsEndpoint>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => provider.GetRequiredService<OperationsEndpoint>());
        services.AddSingleton<IConfigureOptions<SocketTransportOptions>>(provider => provider.GetRequiredService<OperationsEndpoint>());
        services.AddHealthChecks().AddCheck<LoopsHealth>(LoopsHealth.Name);
        services.Configure<HealthCheckPublisherOptions>(publishing => (publishing.Delay, publishing.Period) = (TimeSpan.FromSeconds(2), TimeSpan.FromSeconds(15)));
        services.AddSingleton<IHealthCheckPublisher, HealthTold>();
        if (worksWithoutDatabase)
            services.PostConfigure<HealthCheckServiceOptions>(health => health.Registrations.Single(check => check.Name == DatabaseHealth.Name).FailureStatus = HealthStatus.Degraded);
        return services;
    }

    /// <summary>Answers what came in through the operations port, and nothing else there. Before all other parts.</summary>
    public static void UseOperations(this WebApplication app) => app.MapWhen(OperationsEndpoint.Received, operations =>
    {
        operations.UseHealthChecks(Live, HealthAnswer.Live);
        operations.UseHealthChecks(Ready, HealthAnswer.Ready);
        operations.Use(async (http, next) =>
        {
            if (http.Request.Path == Metrics) await app.Services.GetRequiredService<WaitingGauges>().RefreshAsync(http.RequestAborted);
            await next(http);
        });
        operations.UseOpenTelemetryPrometheusScrapingEndpoint(Metrics);
        operations.Run(http =>
        {
            http.Response.StatusCode = 404;
            return Task.CompletedTask;
        });
    });

    /// <summary>The same health where a role answers HTTP anyway.</summary>
    public static void MapHealth(this WebApplication app)
    {
        app.MapHealthChecks(Live, HealthAnswer.Live);
        app.MapHealthChecks(Ready, HealthAnswer.Ready);
    }
}
