using System.Diagnostics;

namespace TriageWorker.Store;

/// <summary>
/// Who runs the server. PostgreSQL refuses root, so root hands it to an account without rights (setpriv of util-linux);
/// anybody else runs it as himself.
/// </summary>
internal sealed record ServerUser(string? Name)
{
    private static readonly string[] Candidates = ["postgres", "nobody"];

    /// <exception cref="EmbeddedPostgresException">We are root and there is nobody to hand it to.</exception>
    public static ServerUser Choose()
    {
        if (!Signals.IsRoot) return new(Name: null);
        var accounts = File.ReadLines("/etc/passwd").Select(line => line.Split(':')[0]).ToHashSet(StringComparer.Ordinal);
        return new(Candidates.FirstOrDefault(accounts.Contains)
            ?? throw new EmbeddedPostgresException("PostgreSQL does not run as root, and there is neither an account postgres nor nobody: start as another user."));
    }

    /// <summary>The command line that runs <paramref name="command"/> as this user.</summary>
    public IReadOnlyList<string> Wrap(params IEnumerable<string> command) => Name is null
        ? [.. command]
        : ["setpriv", $"--reuid={Name}", $"--regid={PrimaryGroup()}", "--clear-groups", "--no-new-privs", "--", .. command];

    public async Task<bool> CanAsync(string test, string path, CancellationToken stop) =>
        Name is null || (await CommandLine.RunAsync(Wrap("test", test, path), stop)).Succeeded;

    /// <summary>Makes a folder and all in it this user's, closed to others.</summary>
    public async Task OwnAsync(string folder, CancellationToken stop)
    {
        if (Name is null) return;
        (await CommandLine.RunAsync(["chown", "-R", $"{Name}:{PrimaryGroup()}", folder], stop)).Require("give the database its folder");
    }

    private string PrimaryGroup() =>
        File.ReadLines("/etc/passwd").Select(line => line.Split(':')).First(fields => fields[0] == Name)[3];
}

/// <param name="Output">Both streams.</param>
internal sealed record CommandOutcome(int ExitCode, string Output)
{
    public bool Succeeded => ExitCode == 0;

    public void Require(string purpose)
    {
        if (!Succeeded) throw new EmbeddedPostgresException($"Could not {purpose} (exit code {ExitCode}): {Output.Trim()}");
    }
}

internal static class CommandLine
{
    public static async Task<CommandOutcome> RunAsync(IReadOnlyList<string> command, CancellationToken stop)
    {
        using var process = new Process
        {
            StartInfo = new ProcessStartInfo(command[0], command.Skip(1)) { RedirectStandardOutput = true, RedirectStandardError = true, WorkingDirectory = "/" },
        };
        process.Start();
        try
        {
            var output = process.StandardOutput.ReadToEndAsync(stop);
            var errors = process.StandardError.ReadToEndAsync(stop);
            await process.WaitForExitAsync(stop);
            return new CommandOutcome(process.ExitCode, await output + await errors);
        }
        catch (OperationCanceledException)
        {
            process.Kill(entireProcessTree: true);
            throw;
        }
    }
}
