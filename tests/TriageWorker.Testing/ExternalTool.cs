using System.Diagnostics;

namespace TriageWorker.Testing;

/// <summary>What a finished tool said.</summary>
public sealed record ToolResult(int ExitCode, string Output)
{
    /// <summary>The result, if the tool ended well; else an exception with all it said.</summary>
    public ToolResult Expect(int exitCode = 0) => ExitCode == exitCode ? this
        : throw new InvalidOperationException($"The tool ended with {ExitCode} instead of {exitCode}:\n{Output}");
}

/// <summary>Runs the peers that the tests talk to: DCMTK's and dicom3tools' programs.</summary>
public static class ExternalTool
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(3);

    public static async Task<ToolResult> RunAsync(string tool, params string[] arguments) => await RunAsync(tool, arguments, new Dictionary<string, string>());

    public static async Task<ToolResult> RunAsync(string tool, IEnumerable<string> arguments, IReadOnlyDictionary<string, string> environment)
    {
        using var process = Start(tool, arguments, environment);
        using var patience = new CancellationTokenSource(Patience);
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(patience.Token);
            var errors = process.StandardError.ReadToEndAsync(patience.Token);
            await process.WaitForExitAsync(patience.Token);
            return new ToolResult(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw new TimeoutException($"{tool} did not end within {Patience}.");
        }
    }

    /// <summary>Starts a tool with both outputs redirected; the caller ends it.</summary>
    public static Process Start(string tool, IEnumerable<string> arguments, IReadOnlyDictionary<string, string>? environment = null)
    {
        var start = new ProcessStartInfo(tool, arguments) { RedirectStandardOutput = true, RedirectStandardError = true };
        foreach (var (name, value) in environment ?? new Dictionary<string, string>()) start.Environment[name] = value;
        return Process.Start(start) ?? throw new InvalidOperationException($"{tool} did not start.");
    }
}
