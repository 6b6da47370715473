using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Jobs;

public static class JobsServices
{
    /// <summary>The role <c>jobs</c>. After <c>AddStore</c> and <c>AddBus</c>.</summary>
    public static IServiceCollection AddJobs(this IServiceCollection services) =>
        services.AddAlarmNotices().AddSilence().AddStage<ClosingWork>(Stage.Closing, _ => 1).AddHostedService<Sealer>().AddHostedService<Retention>();

    private static IServiceCollection AddSilence(this IServiceCollection services)
    {
        services.AddOptions<SilenceOptions>().BindConfiguration(SilenceOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SilenceOptions>, SilenceOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatched, SilentCallers>());
        return services;
    }

    private static IServiceCollection AddAlarmNotices(this IServiceCollection services)
    {
        services.AddOptions<AlarmOptions>().BindConfiguration(AlarmOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AlarmOptions>, AlarmOptionsValidator>());
        services.TryAddSingleton<SiteTimes>();
        services.TryAddSingleton<NoticeChannels>();
        services.AddHostedService<NoticeMaker>();
        services.AddHostedService<NoticeSender>();
        services.TryAddEnumerable([ServiceDescriptor.Singleton<IWatched, OutboxBacklog>(), ServiceDescriptor.Singleton<IWatched, GivenUpStudies>()]);
        return services;
    }
}
