using MassTransit;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TriageWorker.Bus;

/// <summary>
/// Whether wake-up tokens travel. A broker that is away degrades and never makes unready: tokens wait in the database, every
/// loop finds its work by looking, and a balancer that took the process away would only make it worse.
/// </summary>
public sealed class BrokerHealth(IBusControl bus, IOptions<BusOptions> options) : IHealthCheck
{
    public const string Name = "broker";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var health = bus.CheckHealth();
        var transport = options.Value.Transport == BusTransport.RabbitMq ? "RabbitMQ" : "The transport in memory";
        return Task.FromResult(health.Status == BusHealthStatus.Healthy
            ? HealthCheckResult.Healthy($"{transport} carries wake-up tokens.")
            : HealthCheckResult.Degraded($"{transport} is away; work goes on by looking every {options.Value.LookEvery.TotalMilliseconds:0} ms, and tokens wait in the database."));
    }
}
