using Spectre.Console;

namespace TriageWorker.Host;

/// <summary>What a room says while it makes or starts something, one line each.</summary>
public sealed class ConsoleProgress(IAnsiConsole console) : IProgress<string>
{
    public void Report(string value) => console.WriteLine(value);
}
