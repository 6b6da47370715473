using Microsoft.Extensions.Configuration;
using TriageWorker.Bus;
using TriageWorker.Delivery;
using TriageWorker.Jobs;
using TriageWorker.Scoring;
using TriageWorker.Triage;

namespace TriageWorker.Host.Settings;

/// <summary>How work that fails is tried again under these settings, as the policies themselves say it.</summary>
public static class StatedPolicies
{
    /// <param name="settings">Settings without a fault.</param>
    public static IReadOnlyList<StatedPolicy> Of(IConfiguration settings) =>
    [
        new($"{Stage.Closing}", $"{ClosingWork.Policy}"),
        new($"{Stage.Scoring}", $"{ScoreStudy.RetryOf(settings.GetSection(ScoringRoleOptions.Section).Get<ScoringRoleOptions>() ?? new())}"),
        new($"{Stage.Delivery}", $"{DeliverNextDue.RetryOf(settings.GetSection(DeliveryOptions.Section).Get<DeliveryOptions>() ?? new())}"),
        new("A destination that is down", $"{(settings.GetSection(BusOptions.Section).Get<BusOptions>() ?? new()).Breaker}"),
    ];
}
