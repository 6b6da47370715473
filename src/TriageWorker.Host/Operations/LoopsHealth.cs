using Microsoft.Extensions.Diagnostics.HealthChecks;
using Microsoft.Extensions.Hosting;
using TriageWorker.Bus;

namespace TriageWorker.Host.Operations;

/// <summary>Alive: every background loop of the process still runs, and no slot is held by work that does not heed its end.</summary>
/// <remarks>A loop that throws ends the process by itself. One that returns early would go unnoticed.</remarks>
public sealed class LoopsHealth(IEnumerable<IHostedService> services, IHostApplicationLifetime host) : IHealthCheck
{
    public const string Name = "loops";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var loops = services.OfType<BackgroundService>().ToList();
        string[] dead = [.. loops.Where(loop => loop.ExecuteTask is { IsCompleted: true }).Select(loop => $"{NameOf(loop)} has ended")];
        string[] stuck = [.. loops.OfType<StageLoop>().Where(loop => loop.IsStuck).Select(loop => $"{NameOf(loop)} has a slot that does not heed its end")];
        return Task.FromResult(
            stuck.Length > 0 || (dead.Length > 0 && !host.ApplicationStopping.IsCancellationRequested)
                ? new HealthCheckResult(context.Registration.FailureStatus, $"{string.Join("; ", [.. dead, .. stuck])}: the process has to be started again.")
                : HealthCheckResult.Healthy($"All {loops.Count} loops run."));
    }

    private static string NameOf(BackgroundService loop) => loop is StageLoop stage ? $"{nameof(StageLoop)} {stage.Stage}" : loop.GetType().Name;
}
