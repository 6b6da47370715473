using Spectre.Console;

namespace TriageWorker.Host;

/// <summary>Something the person at the terminal can mend: said in a sentence, without a stack trace.</summary>
public sealed class UserFault(string message, Exception? cause = null) : Exception(message, cause);

/// <summary>What a verb's end means to a shell.</summary>
public static class ExitCode
{
    public const int Done = 0, SomeFailed = 1, Unusable = 2, Interrupted = 130;
}

/// <summary>The outermost edge of every verb: a fault of the world is one sentence, our own fault keeps its trace.</summary>
public static class Faults
{
    public static async Task<int> ReportAsync(IAnsiConsole errors, Func<Task<int>> verb)
    {
        try
        {
            return await verb();
        }
        catch (OperationCanceledException)
        {
            return ExitCode.Interrupted;
        }
        catch (Exception fault) when (fault is UserFault or IOException or UnauthorizedAccessException)
        {
            errors.WriteLine("triage:", Color.Red, fault.Message);
            return ExitCode.Unusable;
        }
    }
}
