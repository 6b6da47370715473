using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TriageWorker.Scoring;

/// <summary>Ready: the model is loaded and has passed its golden test, or there would be no process to ask.</summary>
internal sealed class ModelHealth(WarmModel model) : IHealthCheck
{
    public const string Name = "model";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) => Task.FromResult(HealthCheckResult.Healthy(
        $"{model.Package.Id} {model.Package.Version} is loaded ({model.Provider}){(model.IsSilent ? "; nothing is approved, so it scores in silence" : "")}."));
}
