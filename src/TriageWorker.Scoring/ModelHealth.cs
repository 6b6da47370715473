using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TriageWorker.Scoring;

/// <summary>
/// Ready: the models are loaded and have passed their golden tests, or there would be no process to ask. One that runs on less than the settings meant says so; one
/// whose thresholds are for other scores makes it degraded.
/// </summary>
internal sealed class ModelHealth(WarmModels models) : IHealthCheck
{
    public const string Name = "model";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default)
    {
        var said = string.Join(" ", models.All.Select(Say));
        return Task.FromResult(models.All.Any(model => model.PolicyTrouble is not null) ? HealthCheckResult.Degraded(said) : HealthCheckResult.Healthy(said));
    }

    private static string Say(WarmModel model) =>
        $"{model.Package.Id} {model.Package.Version} is loaded ({model.Provider}){(model.IsSilent ? "; nothing is approved, so it scores in silence" : "")}."
        + string.Concat(new[] { model.FallBack, model.PolicyTrouble, model.PolicyRemark }.Where(said => said is not null).Select(said => $" {said}"));
}
