using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Console;

namespace TriageWorker.Host.Roles;

/// <summary>Section <c>Log</c>: what is logged to the error stream, and in which form.</summary>
public sealed record LogSettings
{
    public const string Section = "Log";

    public LogLevel Level { get; init; } = LogLevel.Information;

    /// <summary>One JSON object per line, for collectors.</summary>
    public bool Json { get; init; }

    /// <summary>Writes the product's own events from <see cref="Level"/> on, and of others what needs attention.</summary>
    public static Action<ILoggingBuilder> From(IConfiguration settings)
    {
        var log = settings.GetSection(Section).Get<LogSettings>() ?? new LogSettings();
        return logging =>
        {
            logging.SetMinimumLevel(log.Level > LogLevel.Warning ? log.Level : LogLevel.Warning);
            logging.AddFilter(nameof(TriageWorker), log.Level);
            logging.AddFilter("Microsoft.Extensions.Hosting.Internal.Host", LogLevel.Critical); // a start that fails is told by the verb; this is why a host ended later
            logging.AddFilter("MassTransit", LogLevel.Critical); // each attempt to reach a broker and each token that could not be sent, with its trace; the bus tells of it once
            logging.AddFilter("Microsoft.AspNetCore.DataProtection", LogLevel.Error); // pages without a login protect nothing with its keys
            logging.AddFilter("Microsoft.Extensions.Diagnostics.HealthChecks", LogLevel.None); // each probe would repeat what HealthTold says once
            if (log.Json) logging.AddJsonConsole(console => console.UseUtcTimestamp = true);
            else
            {
                logging.AddSimpleConsole(console =>
                {
                    console.SingleLine = true;
                    console.TimestampFormat = "yyyy-MM-ddTHH:mm:ss.fffzzz ";
                    console.ColorBehavior = Console.IsErrorRedirected ? LoggerColorBehavior.Disabled : LoggerColorBehavior.Default;
                });
            }

            // A verb's own output is the output stream's; logs go beside it.
            logging.AddConsole(console => console.LogToStandardErrorThreshold = LogLevel.Trace);
        };
    }
}
