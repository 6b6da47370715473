using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;

namespace TriageWorker.Store;

/// <summary>Ready: the images that other processes received can be read here. For the roles that only read the spool.</summary>
public sealed class SpoolFolderHealth(IOptions<SpoolOptions> options) : IHealthCheck
{
    public const string Name = "images";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folder = Path.GetFullPath(options.Value.Folder);
        return Task.FromResult(Directory.Exists(folder)
            ? HealthCheckResult.Healthy("The spool's folder is here.")
            : new HealthCheckResult(context.Registration.FailureStatus,
                $"The spool's folder {folder} (Spool:Folder) is not here: no image has been received yet, or its volume is not mounted on this machine."));
    }
}
