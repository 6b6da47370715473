using System.Reflection;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using OpenTelemetry;
using OpenTelemetry.Metrics;
using OpenTelemetry.Resources;
using OpenTelemetry.Trace;
using TriageWorker.Host.Roles;
using TriageWorker.Store;

namespace TriageWorker.Host.Telemetry;

/// <summary>Metrics of all rooms for whoever scrapes, and traces for the collector that is named.</summary>
internal static class TelemetryServices
{
    public const string Name = "TriageWorker.Host";

    private static readonly string s_version =
        typeof(TelemetryServices).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "unknown";

    /// <summary>Before the roles, so that nothing starts untold.</summary>
    public static IServiceCollection AddTelemetry(this IServiceCollection services, IConfiguration configuration, IEnumerable<Role> roles)
    {
        services.AddOptions<TelemetryOptions>().Bind(configuration.GetSection(TelemetryOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TelemetryOptions>, TelemetryOptionsValidator>());
        var telemetry = services.AddOpenTelemetry().ConfigureResource(resource => resource
            .AddService("triageworker", serviceVersion: s_version, serviceInstanceId: NodeName.OfThisProcess.Value)
            .AddAttributes([new("triage.roles", string.Join(',', roles.Order()).ToLowerInvariant())]));
        telemetry.WithMetrics(metrics => metrics
            .AddMeter(StoreTelemetry.Everything, "System.Runtime")
            .AddPrometheusExporter(prometheus => prometheus.ScopeInfoEnabled = false));
        if (configuration[$"{TelemetryOptions.Section}:{nameof(TelemetryOptions.Otlp)}:{nameof(OtlpOptions.Endpoint)}"] is { Length: > 0 })
            telemetry.WithTracing(Trace);
        return services;
    }

    // Only spans of ours: those of libraries name addresses, statements and UIDs.
    private static void Trace(TracerProviderBuilder tracing) => tracing
        .AddSource(StoreTelemetry.Everything)
        .SetSampler(provider => new ParentBasedSampler(new TraceIdRatioBasedSampler(Otlp(provider).Share)))
        .AddProcessor(provider => new BatchActivityExportProcessor(ActivatorUtilities.CreateInstance<CollectorExporter>(provider, Otlp(provider))));

    private static OtlpOptions Otlp(IServiceProvider provider) => provider.GetRequiredService<IOptions<TelemetryOptions>>().Value.Otlp;
}
