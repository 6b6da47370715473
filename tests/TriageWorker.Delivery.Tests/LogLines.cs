using System.Collections.Concurrent;
using Microsoft.Extensions.Logging;

namespace TriageWorker.Delivery.Tests;

/// <summary>Keeps what is logged, since what only an administrator can mend must be an error in the log.</summary>
internal sealed class LogLines(ConcurrentQueue<(LogLevel, string)> lines) : ILoggerProvider, ILogger
{
    public ILogger CreateLogger(string categoryName) => this;

    public IDisposable? BeginScope<TState>(TState state) where TState : notnull => null;

    public bool IsEnabled(LogLevel logLevel) => true;

    public void Log<TState>(LogLevel logLevel, EventId eventId, TState state, Exception? exception, Func<TState, Exception?, string> formatter) =>
        lines.Enqueue((logLevel, formatter(state, exception)));

    public void Dispose()
    {
    }
}
