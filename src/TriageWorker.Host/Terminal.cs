using System.CommandLine;
using Spectre.Console;

namespace TriageWorker.Host;

/// <summary>How verbs meet the terminal: one console for output, and signals that become a cancellation.</summary>
public static class Terminal
{
    private const int WidthOfPipes = 240;

    /// <summary>What a verb says. On a pipe nothing is coloured and, as a pipe has no width, nothing is wrapped.</summary>
    public static IAnsiConsole Output() => Create(Console.Out, Console.IsOutputRedirected);

    /// <summary>What went wrong, kept apart from what a verb says.</summary>
    public static IAnsiConsole Errors() => Create(Console.Error, Console.IsErrorRedirected);

    private static IAnsiConsole Create(TextWriter writer, bool isRedirected)
    {
        var console = AnsiConsole.Create(new AnsiConsoleSettings
        {
            Out = new AnsiConsoleOutput(writer),
            Ansi = isRedirected ? AnsiSupport.No : AnsiSupport.Detect,
            ColorSystem = isRedirected ? ColorSystemSupport.NoColors : ColorSystemSupport.Detect,
            Interactive = isRedirected ? InteractionSupport.No : InteractionSupport.Detect,
        });
        if (isRedirected) console.Profile.Width = WidthOfPipes;
        return console;
    }

    /// <summary>Signals are <see cref="StopSignals"/>' and faults reach <see cref="Faults"/>: a verb ends by itself when its token is cancelled.</summary>
    public static InvocationConfiguration Invocation => new()
    {
        ProcessTerminationTimeout = null,
        EnableDefaultExceptionHandler = false,
    };
}
