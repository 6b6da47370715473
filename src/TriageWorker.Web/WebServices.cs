using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.HostFiltering;
using Microsoft.AspNetCore.Server.Kestrel.Core;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;

namespace TriageWorker.Web;

/// <summary>The web role: worklist, study page, live updates, JSON and DICOMweb.</summary>
public static class WebServices
{
    /// <summary>
    /// Adds the role. It listens by itself on <see cref="WebOptions.Address"/> and <see cref="WebOptions.Port"/>, beside whatever
    /// else the process listens on. The store comes from the caller.
    /// </summary>
    public static IServiceCollection AddWeb(this IServiceCollection services)
    {
        services.AddOptions<WebOptions>().BindConfiguration(WebOptions.Section).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<WebOptions>, WebOptionsValidator>());
        services.AddOptions<KestrelServerOptions>().Configure<IOptions<WebOptions>>((kestrel, web) =>
        {
            kestrel.AddServerHeader = false;
            kestrel.Listen(web.Value.Ip, web.Value.Port);
        });
        services.AddOptions<HostFilteringOptions>().Configure<IOptions<WebOptions>>((filter, web) => filter.AllowedHosts = [.. web.Value.Hosts]);
        services.AddHostFiltering(_ => { });
        services.AddRazorComponents();
        services.TryAddSingleton(TimeProvider.System);
        services.AddSingleton<SiteClock>().AddSingleton<WorklistReader>().AddSingleton<StudyReader>().AddSingleton<SpoolInstances>();
        services.AddSingleton<SpoolSearch>().AddSingleton<SpoolPictures>();
        services.TryAddSingleton<IReadOnlyList<StatedPolicy>>([]);
        services.AddSingleton<CallerReader>().AddSingleton<AlarmReader>().AddSingleton<AlarmBanner>();
        services.AddSingleton<WorklistFeed>().AddHostedService(provider => provider.GetRequiredService<WorklistFeed>());
        return services;
    }

    /// <summary>Maps everything the role answers. Nothing else of the process is answered over HTTP.</summary>
    public static void MapWeb(this WebApplication app)
    {
        app.UseHostFiltering();
        PageHeaders.Use(app);
        app.UseStatusCodePages(MissingAddress.AnswerAsync);
        SiteAssets.Map(app);
        EventEndpoint.Map(app);
        WorklistEndpoints.Map(app);
        StudyEndpoints.Map(app);
        DeadLetterEndpoints.Map(app);
        AdministrationEndpoints.Map(app);
        DicomWebService.Map(app);
        CallerEndpoints.Map(app);
        SpoolEndpoint.Map(app);
    }
}
