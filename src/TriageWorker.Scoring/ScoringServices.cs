using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Imaging.Decoding;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Scoring;

public static class ScoringServices
{
    /// <summary>
    /// The scoring role, after <c>AddStore</c> and <c>AddBus</c>. The models are loaded and pass their golden tests while the host is built, so
    /// that a package or policy with faults ends the start and not a study.
    /// </summary>
    public static IServiceCollection AddScoring(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<ScoringRoleOptions>().Bind(configuration.GetSection(ScoringRoleOptions.Section)).ValidateOnStart();
        services.AddOptions<SpoolOptions>().Bind(configuration.GetSection(SpoolOptions.Section));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<ScoringRoleOptions>, ScoringRoleOptionsValidator>());
        services.TryAddSingleton<WarmModels>();
        services.TryAddSingleton(provider => new FrameDecoder(provider.GetRequiredService<IOptions<ScoringRoleOptions>>().Value.DecodeWithin, provider.GetRequiredService<TimeProvider>()));
        services.TryAddSingleton<StudyReader>();
        services.AddHostedService<NeedsSayer>();
        services.TryAddSingleton<ImageCache>();
        services.TryAddSingleton<NodeDoors>();
        services.TryAddSingleton<StudyImages>();
        services.TryAddSingleton<ImageWaits>();
        services.TryAddSingleton<ScoreDeferred>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatched, AwayNodes>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatched, StalePolicies>());
        services.AddSpoolFolderHealth().AddHealthChecks().AddCheck<ModelHealth>(ModelHealth.Name);
        return services.AddStage<ScoreStudy>(Stage.Scoring, provider => provider.GetRequiredService<IOptions<ScoringRoleOptions>>().Value.Slots);
    }
}
