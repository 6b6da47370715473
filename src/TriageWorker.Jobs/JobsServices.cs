using Microsoft.Extensions.DependencyInjection;
using TriageWorker.Bus;
using TriageWorker.Triage;

namespace TriageWorker.Jobs;

public static class JobsServices
{
    /// <summary>The role <c>jobs</c>. After <c>AddStore</c> and <c>AddBus</c>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services) =>
        services.AddStage<ClosingWork>(Stage.Closing, _ => 1).AddHostedService<Sealer>();
}
