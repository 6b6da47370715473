using System.Collections.Frozen;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Bus;
using TriageWorker.Host.Settings;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Store;

namespace TriageWorker.Host.Roles;

/// <summary>Roles that run in this process. Disposing stops them in good order, the database last.</summary>
public sealed class RunningHost : IAsyncDisposable
{
    private readonly IHost _host;

    private RunningHost(IHost host, IReadOnlyList<string> addresses) => (_host, Addresses) = (host, addresses);

    public IServiceProvider Services => _host.Services;

    /// <summary>Where this process listens, one sentence each.</summary>
    public IReadOnlyList<string> Addresses { get; }

    /// <summary>How long running work may go on once a stop has begun.</summary>
    public TimeSpan FinishWithin => Services.GetRequiredService<IOptions<BusOptions>>().Value.FinishWithin;

    /// <summary>Waits for running work no longer: it is cancelled and handed back.</summary>
    public void HandBack()
    {
        try
        {
            Services.GetRequiredService<StageSignals>().HandBack();
        }
        catch (ObjectDisposedException)
        {
            // It has stopped meanwhile.
        }
    }

    /// <exception cref="UserFault">The settings, a port or the database do not allow it; the message says what to change.</exception>
    public static async Task<RunningHost> StartAsync(
        IConfigurationRoot settings, FrozenSet<Role> roles, Action<ILoggingBuilder> logging, IProgress<string> progress, CancellationToken stop)
    {
        var host = TriageHost.Build(settings, roles, logging);
        try
        {
            host.Services.GetRequiredService<DatabaseStartup>().Progress = progress;
            await host.StartAsync(stop);
            return new RunningHost(host, ListeningAddresses.Of(host.Services, roles));
        }
        catch (Exception fault)
        {
            // Disposing alone: a host that did not come up cannot be stopped, and its parts end what they began.
            await ReleaseAsync(host);
            if (fault is OptionsValidationException invalid) EffectiveSettings.Require(invalid.Failures);
            // What stands outside the product and can be put right there: a port, a database, a package, a policy.
            if (fault is IOException or EmbeddedPostgresException or MigrationException or ModelPackageException or ScoringException or FormatException) throw new UserFault($"TriageWorker could not start: {fault.Message}", fault);
            throw;
        }
    }

    /// <summary>Until the token is cancelled, or the host ends by itself because it cannot go on.</summary>
    public async Task UntilStoppedAsync(CancellationToken stop)
    {
        var ended = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        var lifetime = _host.Services.GetRequiredService<IHostApplicationLifetime>();
        await using var byUser = stop.Register(() => ended.TrySetResult());
        await using var byItself = lifetime.ApplicationStopping.Register(() => ended.TrySetException(new UserFault("TriageWorker stopped by itself; its log says why.")));
        await ended.Task;
    }

    public async ValueTask DisposeAsync()
    {
        // A stop has its own deadline (HostOptions.ShutdownTimeout): the caller's token is what asked for it.
        await _host.StopAsync(CancellationToken.None);
        await ReleaseAsync(_host);
    }

    private static async Task ReleaseAsync(IHost host)
    {
        if (host is IAsyncDisposable disposable) await disposable.DisposeAsync();
        else host.Dispose();
    }
}
