using TriageWorker.Store;

namespace TriageWorker.Scoring;

/// <summary>Packages whose policy approves thresholds for other scores than they give.</summary>
internal sealed class StalePolicies(WarmModels models) : IWatched
{
    public const string Kind = "policy.stale";

    private const string Over = "All its thresholds are approved for the scores that it gives.";

    public ValueTask<IReadOnlyList<Watched>> LookAsync(CancellationToken stop) => ValueTask.FromResult<IReadOnlyList<Watched>>([.. models.All.Select(model =>
        model.PolicyTrouble is { } trouble
            ? Watched.Troubled(new(Kind, model.Package.Id, AlarmSeverity.Critical, trouble), Over)
            : Watched.Well(Kind, model.Package.Id, Over))]);
}
