using Microsoft.Extensions.Diagnostics.HealthChecks;

namespace TriageWorker.Scoring;

/// <summary>Ready: the models are loaded and have passed their golden tests, or there would be no process to ask. One that runs on less than the settings meant says so.</summary>
internal sealed class ModelHealth(WarmModels models) : IHealthCheck
{
    public const string Name = "model";

    public Task<HealthCheckResult> CheckHealthAsync(HealthCheckContext context, CancellationToken cancellationToken = default) =>
        Task.FromResult(HealthCheckResult.Healthy(string.Join(" ", models.All.Select(Say))));

    private static string Say(WarmModel model) =>
        $"{model.Package.Id} {model.Package.Version} is loaded ({model.Provider}){(model.IsSilent ? "; nothing is approved, so it scores in silence" : "")}.{(model.FallBack is { } why ? $" {why}" : "")}";
}
