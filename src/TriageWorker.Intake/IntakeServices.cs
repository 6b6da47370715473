using Microsoft.AspNetCore.Connections;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TriageWorker.Dicom.Network;
using TriageWorker.Store;

namespace TriageWorker.Intake;

/// <summary>The intake role: a DICOM port, the spool behind it, and rows for what arrived.</summary>
public static class IntakeServices
{
    /// <summary>Adds the role, after <c>AddStore</c>. It listens by itself on <see cref="IntakeOptions.Address"/> and <see cref="IntakeOptions.Port"/>; the host brings Kestrel.</summary>
    public static IServiceCollection AddIntake(this IServiceCollection services)
    {
        services.AddOptions<IntakeOptions>().BindConfiguration(IntakeOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<IntakeOptions>, IntakeOptionsValidator>());
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<CallerRules>().AddSingleton<LiveAssociations>().AddSingleton<Listener>().AddSingleton<IAssociationService>(provider => provider.GetRequiredService<Listener>());
        services.AddSingleton(provider => new IntakeEndpoint(
            provider.GetRequiredService<IOptions<IntakeOptions>>(), provider.GetRequiredService<IAssociationService>(), provider.GetRequiredService<ListenerCertificate>(), provider.GetRequiredService<TimeProvider>()));
        services.AddSingleton<ListenerCertificate>().AddSingleton<CertificateLife>();
        services.AddSingleton<IMemoryPoolFactory<byte>, LargeBlockPoolFactory>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => provider.GetRequiredService<IntakeEndpoint>());
        services.AddSingleton<RefusedCallers>().AddHostedService(provider => provider.GetRequiredService<RefusedCallers>());
        services.AddSingleton<CallerFigures>().AddHostedService(provider => provider.GetRequiredService<CallerFigures>());
        services.AddRouting().AddSingleton<StowIntake>().AddSingleton(provider => new IntakeWebEndpoint(
            provider.GetRequiredService<IOptions<IntakeOptions>>(), provider.GetRequiredService<IAssociationService>(), provider.GetRequiredService<ListenerCertificate>()));
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => provider.GetRequiredService<IntakeWebEndpoint>());
        services.AddSpoolHealth().AddHealthChecks().AddCheck<ListeningHealth>(ListeningHealth.Name).AddCheck<CertificateLife>(CertificateLife.Name);
        services.AddSingleton<StudySpans>();
        services.AddSingleton<ReportTargets>().AddSingleton<Announcements>();
        services.AddSingleton<MoveTargets>().AddSingleton<SpoolSearches>().AddSingleton<SpoolRetrievals>().AddSingleton<SpoolQueries>();
        services.AddHostedService<CommitmentReporter>();
        services.AddHostedService<NameKeeper>();
        services.AddHostedService<Indexer>();
        services.TryAddEnumerable([ServiceDescriptor.Singleton<IWatched, WatchedSpool>(), ServiceDescriptor.Singleton<IWatched, CertificateLife>()]);
        services.AddSingleton<SpoolReconciliation>().AddHostedService<SpoolReconciler>();
        services.AddSingleton<SuspectComparison>().AddHostedService(provider => provider.GetRequiredService<SuspectComparison>());
        services.AddHostedService<SpoolNews>();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IWatched, MissingFiles>());
        services.AddSingleton<DoorCertificate>().AddSingleton<SpoolDoor>().AddHostedService<SpoolBeat>();
        services.AddSingleton<IConfigureOptions<KestrelServerOptions>>(provider => provider.GetRequiredService<SpoolDoor>());
        return services;
    }
}
