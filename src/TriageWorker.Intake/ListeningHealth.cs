using System.Net;
using System.Net.NetworkInformation;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TriageWorker.Intake;

/// <summary>Ready: the role's ports are open, and there are places for another association. It is looked up with the kernel: a probe by connection would stand in the log.</summary>
internal sealed class ListeningHealth(IntakeEndpoint endpoint, IntakeWebEndpoint web, LiveAssociations live, IOptions<IntakeOptions> options) : IHealthCheck
{
    public const string Name = "dicom";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var open = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Select(listener => listener.Port).ToHashSet();
        var closed = new[] { endpoint.Address, endpoint.SecuredAddress, web.Address }.OfType<IPEndPoint>().FirstOrDefault(address => !open.Contains(address.Port));
        var (taken, most) = (live.All.Count(association => association.Ending is null), options.Value.MaxAssociations);
        return Task.FromResult(closed is not null ? new HealthCheckResult(context.Registration.FailureStatus, $"Nobody listens at the DICOM port {closed}: start the process again.")
            : taken >= most ? HealthCheckResult.Degraded($"All {most} places (Intake:MaxAssociations) are taken; callers are told to come back.")
            : HealthCheckResult.Healthy($"{endpoint.AeTitle} listens at {endpoint.Address}{(endpoint.SecuredAddress is { } secured && secured != endpoint.Address ? $" and, over TLS, at {secured}" : "")}; {taken} of {most} places are taken."));
    }
}
