using System.Collections.Frozen;
using Microsoft.AspNetCore.Builder;
using Microsoft.AspNetCore.Hosting;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using TriageWorker.Bus;
using TriageWorker.Delivery;
using TriageWorker.Host.Operations;
using TriageWorker.Host.Settings;
using TriageWorker.Host.Telemetry;
using TriageWorker.Intake;
using TriageWorker.Jobs;
using TriageWorker.Scoring;
using TriageWorker.Store;
using TriageWorker.Web;

namespace TriageWorker.Host.Roles;

/// <summary>Puts the roles of one process together. Each room adds itself; the order only matters to the store, which stops last.</summary>
public static class TriageHost
{
    /// <summary>After running work: its claims, the last commits of the listener, the database's own checkpoint.</summary>
    private static readonly TimeSpan ToEndTheRest = TimeSpan.FromSeconds(45);

    /// <summary>A host that is ready to start. Nothing is opened or started before that.</summary>
    public static IHost Build(IConfigurationRoot settings, FrozenSet<Role> roles, Action<ILoggingBuilder> logging)
    {
        var builder = WebApplication.CreateEmptyBuilder(new WebApplicationOptions { ContentRootPath = AppContext.BaseDirectory });
        builder.Configuration.AddConfiguration(settings);
        // Kestrel listens on exactly what the roles ask for, and on the operations port.
        builder.WebHost.UseKestrelCore().UseKestrelHttpsConfiguration().UseUrls(); // HTTPS for the DICOM port over TLS
        builder.Services.AddRouting();
        logging(builder.Logging);
        AddRoles(builder.Services, settings, roles);
        var host = builder.Build();
        host.UseOperations();
        SpoolDoor.Use(host);
        host.UseIntakeWeb();
        if (!roles.Contains(Role.Web)) return host;
        host.MapWeb();
        host.MapHealth();
        return host;
    }

    internal static void AddRoles(IServiceCollection services, IConfiguration settings, FrozenSet<Role> roles)
    {
        // Longer than running work may take, or the database would be gone before the work is handed back.
        services.Configure<HostOptions>(options => options.ShutdownTimeout = FinishWithin(settings) + ToEndTheRest);
        services.AddSingleton<IHostLifetime, VerbsLifetime>();
        services.AddProcessClock(settings);
        services.AddFailPoint();
        services.AddSingleton(new ProcessRoles([.. roles.Order().Select(role => role.ToString().ToLowerInvariant())]));
        services.AddTelemetry(settings, roles);
        services.AddStore(settings);
        services.AddBus(settings);
        if (roles.Contains(Role.Intake)) services.AddIntake();
        if (roles.Contains(Role.Scoring)) services.AddScoring(settings);
        if (roles.Contains(Role.Delivery)) services.AddDelivery(settings);
        if (roles.Contains(Role.Web)) services.AddWeb().AddSingleton<IReadOnlyList<StatedPolicy>>(_ => StatedPolicies.Of(settings));
        if (roles.Contains(Role.Jobs)) services.AddJobs();
        // A listener alone keeps what it receives in its spool, for hours.
        services.AddOperations(settings, worksWithoutDatabase: roles.SetEquals([Role.Intake]));
    }

    private static TimeSpan FinishWithin(IConfiguration settings) =>
        settings.GetSection(BusOptions.Section).GetValue(nameof(BusOptions.FinishWithin), new BusOptions().FinishWithin);

    /// <summary>
    /// Signals are the verb's to handle. The framework's own lifetime would handle them too, and a stop that somebody asked for
    /// while the host starts would look like one by itself.
    /// </summary>
    private sealed class VerbsLifetime : IHostLifetime
    {
        public Task WaitForStartAsync(CancellationToken cancellationToken) => Task.CompletedTask;

        public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;
    }
}
