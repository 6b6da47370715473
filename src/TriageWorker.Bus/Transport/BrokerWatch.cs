using MassTransit;
using Microsoft.Extensions.Logging;

namespace TriageWorker.Bus;

/// <summary>Says once when the broker goes, and once when it is there again; MassTransit by itself says each of its attempts with a trace.</summary>
public sealed partial class BrokerWatch(StageSignals signals, ILogger<BrokerWatch> log) : IReceiveEndpointObserver
{
    private int _isAway;

    public Task Ready(ReceiveEndpointReady ready)
    {
        if (Interlocked.Exchange(ref _isAway, 0) == 1) LogThere();
        signals.WakeAll(); // what was told before there was a queue, or while nobody heard, was told to nobody
        return Task.CompletedTask;
    }

    public Task Faulted(ReceiveEndpointFaulted faulted)
    {
        if (Interlocked.Exchange(ref _isAway, 1) == 0) LogAway(faulted.Exception?.Message ?? "");
        return Task.CompletedTask;
    }

    public Task Stopping(ReceiveEndpointStopping stopping) => Task.CompletedTask;

    public Task Completed(ReceiveEndpointCompleted completed) => Task.CompletedTask;

    [LoggerMessage(4030, LogLevel.Warning, "The broker is away; work goes on by looking, and no later than Bus:LookEvery: {Reason}")]
    private partial void LogAway(string reason);

    [LoggerMessage(4031, LogLevel.Information, "The broker is there; this process is woken by it")]
    private partial void LogThere();
}
