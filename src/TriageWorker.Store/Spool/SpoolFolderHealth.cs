using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Options;
using Npgsql;

namespace TriageWorker.Store;

/// <summary>Ready: the images that other processes received can be read here. For the roles that only read the spool.</summary>
public sealed class SpoolFolderHealth(IOptions<SpoolOptions> options, SpoolNodeStore spools) : IHealthCheck
{
    public const string Name = "images";

    public async Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var folder = Path.GetFullPath(options.Value.Folder);
        if (Directory.Exists(folder)) return HealthCheckResult.Healthy("The spool's folder is here.");
        if (await IsServedElsewhereAsync(cancellationToken)) return HealthCheckResult.Healthy("Images are read from the nodes that hold them.");
        return new HealthCheckResult(context.Registration.FailureStatus,
            $"The spool's folder {folder} (Spool:Folder) is not here, and no other node serves images (Spool:Sharing:Port there): no image has been received yet, or its volume is not mounted on this machine.");
    }

    private async Task<bool> IsServedElsewhereAsync(CancellationToken stop)
    {
        try
        {
            return (await spools.AllAsync(stop)).Any(spool => spool.Address is not null);
        }
        catch (NpgsqlException)
        {
            return false; // the database has a check of its own
        }
    }
}
