using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Bus;
using TriageWorker.Delivery;
using TriageWorker.Host.Settings;
using TriageWorker.Intake;
using TriageWorker.Jobs;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Web;

namespace TriageWorker.Host.Roles;

/// <summary>Puts the roles of one process together. Each room adds itself; the order only matters to the store, which stops last.</summary>
public static class TriageHost
{
    /// <summary>A host that is ready to start. Nothing is opened or started before that.</summary>
    public static IHost Build(IConfigurationRoot settings, FrozenSet<Role> roles, Action<ILoggingBuilder> logging)
    {
        return roles.Contains(Role.Intake) || roles.Contains(Role.Web) ? Listening(settings, roles, logging) : Silent(settings, roles, logging);
    }

    private static WebApplication Listening(IConfigurationRoot settings, FrozenSet<Role> roles, Action<ILoggingBuilder> logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings);
        // Kestrel listens on exactly what the roles ask for.
        builder.WebHost.UseKestrelCore().UseUrls();
        builder.Services.AddRouting();
        logging(builder.Logging);
        AddRoles(builder.Services, settings, roles);
        var host = builder.Build();
        if (roles.Contains(Role.Web)) host.MapWeb();
        return host;
    }

    /// <summary>A worker that nobody connects to has no server at all: an idle Kestrel would listen on a port of its own choice.</summary>
    private static IHost Silent(IConfigurationRoot settings, FrozenSet<Role> roles, Action<ILoggingBuilder> logging)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(new HostApplicationBuilderSettings { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings);
        logging(builder.Logging);
        AddRoles(builder.Services, settings, roles);
        return builder.Build();
    }

    internal static void AddRoles(IServiceCollection services, IConfiguration settings, FrozenSet<Role> roles)
    {
        services.Configure<HostOptions>(options => options.ShutdownTimeout = TimeSpan.FromSeconds(45));
        services.AddSingleton(new ProcessRoles([.. roles.Order().Select(role => role.ToString().ToLowerInvariant())]));
        services.AddStore(settings);
        services.AddBus(settings);
        if (roles.Contains(Role.Intake)) services.AddIntake();
        if (roles.Contains(Role.Scoring)) services.AddScoring(settings);
        if (roles.Contains(Role.Delivery)) services.AddDelivery(settings);
        if (roles.Contains(Role.Web)) services.AddWeb().AddSingleton<IReadOnlyList<StatedPolicy>>(_ => StatedPolicies.Of(settings));
        if (roles.Contains(Role.Jobs)) services.AddJobs();
    }
}
