using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TriageWorker.Triage;

namespace TriageWorker.Store;

public static class StoreServices
{
    /// <summary>
    /// The database, its schema and its stores. Call it before the roles: hosted services stop in reverse order, so the
    /// database goes last.
    /// </summary>
    public static IServiceCollection AddStore(this IServiceCollection services, IConfiguration configuration)
    {
        services.AddOptions<SiteOptions>().Bind(configuration.GetSection(SiteOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SiteOptions>, SiteOptionsValidator>());
        services.AddOptions<DatabaseOptions>().Bind(configuration.GetSection(DatabaseOptions.Section)).ValidateOnStart();
        services.AddOptions<DestinationOptions>().Bind(configuration).PostConfigure(options =>
        {
            if (options.Destinations.Count == 0) options.Destinations.Add(new PlannedDestination { Name = DestinationOptions.OwnStore, Demonstration = true, Documents = [DocumentKind.Sr, DocumentKind.Text] });
        }).ValidateOnStart();
        services.AddOptions<CompletenessOptions>().Bind(configuration.GetSection(CompletenessOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<CompletenessOptions>, CompletenessOptionsValidator>());
        services.AddOptions<RankCredits>().Bind(configuration.GetSection("Rank"));
        services.AddOptions<WorkCredits>().Bind(configuration.GetSection("WorkCredits"));
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DatabaseOptions>, DatabaseOptionsValidator>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<DestinationOptions>, DestinationOptionsValidator>());
        services.AddOptions<SpoolOptions>().Bind(configuration.GetSection(SpoolOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<SpoolOptions>, SpoolOptionsValidator>());
        services.TryAddSingleton<Spool>();
        services.AddOptions<RetentionOptions>().Bind(configuration.GetSection(RetentionOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<RetentionOptions>, RetentionOptionsValidator>());
        services.AddOptions<AuditOptions>().Bind(configuration.GetSection(AuditOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<AuditOptions>, AuditOptionsValidator>());
        services.TryAddSingleton(provider => new HeadFile(provider.GetRequiredService<IOptions<AuditOptions>>().Value.HeadFile));
        services.TryAddSingleton(TimeProvider.System);
        services.TryAddSingleton(NodeName.OfThisProcess);
        services.TryAddSingleton<OutboxSignal>();
        services.TryAddSingleton<UidHash>();
        services.TryAddSingleton(provider => new Database(provider.GetRequiredService<OutboxSignal>()));
        services.TryAddSingleton<EmbeddedPostgres>();
        services.TryAddSingleton<DatabaseStartup>();
        services.AddHostedService(provider => provider.GetRequiredService<DatabaseStartup>());
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatched, WatchedServer>());
        services.AddHostedService<AlarmWatch>();
        services.AddHealthChecks().AddCheck<DatabaseHealth>(DatabaseHealth.Name);
        return services.AddStores();
    }

    /// <summary>The stores alone, over a <see cref="Database"/> that is registered elsewhere.</summary>
    public static IServiceCollection AddStores(this IServiceCollection services)
    {
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<RankCredits>>().Value);
        services.TryAddSingleton(provider => provider.GetRequiredService<IOptions<WorkCredits>>().Value);
        services.TryAddSingleton<IndexStore>();
        services.TryAddSingleton<EvidenceStore>();
        services.TryAddSingleton<ClosingStore>();
        services.TryAddSingleton<StackNeedStore>();
        services.TryAddSingleton<ManifestStore>();
        services.TryAddSingleton<CommitmentStore>();
        services.TryAddSingleton<StudyStore>();
        services.TryAddSingleton<SelectionStore>();
        services.TryAddSingleton<RiskConfirmationStore>();
        services.TryAddSingleton<GenerationStore>();
        services.TryAddSingleton<DecisionRows>();
        services.TryAddSingleton<OutcomeStore>();
        services.TryAddSingleton<AdditionStore>();
        services.TryAddSingleton<EmbeddingStore>();
        services.TryAddSingleton<DeliveryStore>();
        services.TryAddSingleton<ForwardStore>();
        services.TryAddSingleton<InstallationStore>();
        services.TryAddSingleton<AlarmStore>();
        services.TryAddSingleton<DeadLetterStore>();
        services.TryAddSingleton<LaneStore>();
        services.TryAddSingleton<NodeStore>();
        services.TryAddSingleton<SpoolNodeStore>();
        services.TryAddSingleton<ImageWaitStore>();
        services.TryAddSingleton<NoticeStore>();
        services.TryAddSingleton<NoticePlan>();
        services.TryAddSingleton<WaitingFiguresStore>();
        services.TryAddSingleton<SealStore>();
        services.TryAddSingleton<HorizonStore>();
        services.TryAddSingleton<WorklistStore>();
        services.TryAddSingleton<WorklistChanges>();
        services.TryAddSingleton<StudyPageStore>();
        services.TryAddSingleton<StudyJourneyStore>();
        services.TryAddSingleton<AbsenceStore>();
        services.TryAddSingleton<RefusedCallerStore>();
        services.TryAddSingleton<QueryStore>();
        services.TryAddSingleton<RetrievalStore>();
        services.TryAddSingleton<CallerStore>();
        services.TryAddSingleton<RetentionStore>();
        services.TryAddSingleton<RemovalStore>();
        services.TryAddSingleton<SpoolStateStore>();
        services.TryAddSingleton<SuspectStore>();
        services.TryAddSingleton<ReconcileStore>();
        return services;
    }

    /// <summary>For a role that writes to the spool: whether it can, how much is free, and recovery after a failed sync.</summary>
    public static IServiceCollection AddSpoolHealth(this IServiceCollection services)
    {
        if (services.Any(service => service.ServiceType == typeof(SpoolHealth))) return services;
        services.AddMetrics().AddSingleton<SpoolHealth>();
        services.AddHealthChecks().AddCheck<SpoolHealth>(SpoolHealth.Name);
        services.AddSingleton<SpoolRecovery>().AddHostedService(provider => provider.GetRequiredService<SpoolRecovery>());
        return services;
    }

    /// <summary>For a role that reads images in the spool: whether its folder is here.</summary>
    public static IServiceCollection AddSpoolFolderHealth(this IServiceCollection services)
    {
        services.AddHealthChecks().AddCheck<SpoolFolderHealth>(SpoolFolderHealth.Name);
        return services;
    }
}
