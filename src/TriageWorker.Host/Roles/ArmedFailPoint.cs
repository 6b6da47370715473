using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;
using TriageWorker.Store;

namespace TriageWorker.Host.Roles;

/// <summary>Arms the fail point that a test asks for, before any role starts, and says so.</summary>
internal sealed partial class ArmedFailPoint(IOptions<TestingOptions> options, ILogger<ArmedFailPoint> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        var (point, passing) = (options.Value.KillAt, options.Value.KillAtPassing);
        if (point.Length == 0) return Task.CompletedTask;
        LogArmed(point, passing);
        FailPoint.Arm(point, passing);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(9021, LogLevel.Warning, "This process kills itself at {Point}, passing {Passing}, because a test says so")]
    private partial void LogArmed(string point, int passing);
}

internal static class FailPoints
{
    /// <summary>Before the rooms: what they start may pass the point already.</summary>
    public static void AddFailPoint(this IServiceCollection services) => services.AddHostedService<ArmedFailPoint>();
}
