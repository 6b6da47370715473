using MassTransit;
using Microsoft.Extensions.Logging;

namespace TriageWorker.Bus;

/// <summary>Says once that something on a queue of tokens is none: somebody else writes there, or another version does. It was dropped.</summary>
public sealed partial class ForeignMessages(ILogger<ForeignMessages> log) : IReceiveObserver
{
    private int _isTold;

    public Task ReceiveFault(ReceiveContext context, Exception exception)
    {
        if (Interlocked.Exchange(ref _isTold, 1) == 0) LogForeign(context.InputAddress, exception.Message);
        return Task.CompletedTask;
    }

    public Task PreReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostReceive(ReceiveContext context) => Task.CompletedTask;

    public Task PostConsume<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType) where T : class => Task.CompletedTask;

    public Task ConsumeFault<T>(ConsumeContext<T> context, TimeSpan duration, string consumerType, Exception exception) where T : class => Task.CompletedTask;

    [LoggerMessage(4032, LogLevel.Warning, "What came on {Queue} is no token; it is dropped, and so are others like it, of which nothing is said: {Reason}")]
    private partial void LogForeign(Uri queue, string reason);
}
