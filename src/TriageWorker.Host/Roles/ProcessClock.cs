using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.DependencyInjection.Extensions;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Options;

namespace TriageWorker.Host.Roles;

/// <summary>A clock that goes as the machine's does and shows another time.</summary>
internal sealed class OffsetClock(TimeSpan offset) : TimeProvider
{
    public override DateTimeOffset GetUtcNow() => System.GetUtcNow() + offset;
}

internal static class ProcessClock
{
    /// <summary>The clock of all that runs in this process. Before the rooms, which otherwise take the machine's.</summary>
    public static void AddProcessClock(this IServiceCollection services, IConfiguration settings)
    {
        services.AddOptions<TestingOptions>().Bind(settings.GetSection(TestingOptions.Section)).ValidateOnStart();
        services.TryAddEnumerable(ServiceDescriptor.Singleton<IValidateOptions<TestingOptions>, TestingOptionsValidator>());
        services.AddSingleton<TimeProvider>(provider =>
            provider.GetRequiredService<IOptions<TestingOptions>>().Value.ClockOffset is { Ticks: not 0 } offset ? new OffsetClock(offset) : TimeProvider.System);
        services.AddHostedService<WrongClockNotice>();
    }
}

/// <summary>Says at the start that the clock is wrong on purpose, so that no time in this log is believed.</summary>
internal sealed partial class WrongClockNotice(IOptions<TestingOptions> options, ILogger<WrongClockNotice> log) : IHostedService
{
    public Task StartAsync(CancellationToken cancellationToken)
    {
        if (options.Value.ClockOffset != TimeSpan.Zero) LogWrong(options.Value.ClockOffset);
        return Task.CompletedTask;
    }

    public Task StopAsync(CancellationToken cancellationToken) => Task.CompletedTask;

    [LoggerMessage(9020, LogLevel.Warning, "The clock of this process is wrong by {Offset} because a test says so")]
    private partial void LogWrong(TimeSpan offset);
}
