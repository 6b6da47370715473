using System.Net.NetworkInformation;
using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TriageWorker.Intake;

/// <summary>Ready: the DICOM port is open, and has places for another association. It is looked up with the kernel: a probe by connection would stand in the log.</summary>
internal sealed class ListeningHealth(IntakeEndpoint endpoint, LiveAssociations live, IOptions<IntakeOptions> options) : IHealthCheck
{
    public const string Name = "dicom";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var isListening = IPGlobalProperties.GetIPGlobalProperties().GetActiveTcpListeners().Any(listener => listener.Port == endpoint.Address.Port);
        var (open, most) = (live.All.Count(association => association.Ending is null), options.Value.MaxAssociations);
        return Task.FromResult(!isListening ? new HealthCheckResult(context.Registration.FailureStatus, $"Nobody listens at the DICOM port {endpoint.Address}: start the process again.")
            : open >= most ? HealthCheckResult.Degraded($"All {most} places (Intake:MaxAssociations) are taken; callers are told to come back.")
            : HealthCheckResult.Healthy($"{endpoint.AeTitle} listens at {endpoint.Address}; {open} of {most} places are taken."));
    }
}
