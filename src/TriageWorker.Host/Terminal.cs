using System.CommandLine;
using Spectre.Console;

namespace TriageWorker.Host;

/// <summary>How verbs meet the terminal: one console for output, and signals that become a cancellation.</summary>
public static class Terminal
{
    private const int WidthOfPipes = 240;

    /// <summary>The console of a verb. A pipe has no width, so nothing is wrapped there.</summary>
    public static IAnsiConsole Create()
    {
        var console = AnsiConsole.Console;
        if (Console.IsOutputRedirected) console.Profile.Width = WidthOfPipes;
        return console;
    }

    /// <summary>
    /// Ctrl-C and SIGTERM cancel the verb's token; the verb then has this long to end what it started (embedded
    /// PostgreSQL needs a moment for its last checkpoint). Faults reach <see cref="Faults"/>.
    /// </summary>
    public static InvocationConfiguration Invocation => new()
    {
        ProcessTerminationTimeout = TimeSpan.FromSeconds(60),
        EnableDefaultExceptionHandler = false,
    };
}
