using System.Collections.Frozen;
using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Host.Roles;
using TriageWorker.Host.Settings;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage run</c>: the product, until Ctrl-C or SIGTERM.</summary>
public static class RunVerb
{
    public static Command Create(IAnsiConsole console, StopSignals signals)
    {
        var file = SettingsOption.Create();
        var roles = new Option<FrozenSet<Role>>("--roles")
        {
            Description = $"Which roles this process takes, separated by commas: {RoleNames.Text}. All by default.",
            HelpName = "ROLES",
            DefaultValueFactory = _ => RoleNames.All,
            CustomParser = result =>
            {
                try
                {
                    return RoleNames.Parse(string.Join(',', result.Tokens.Select(token => token.Value)));
                }
                catch (FormatException fault)
                {
                    result.AddError(fault.Message);
                    return RoleNames.All;
                }
            },
        };
        var command = new Command("run", "Run the roles until Ctrl-C or SIGTERM.") { roles, file };
        command.SetAction((parsed, stop) => RunAsync(console, signals, EffectiveSettings.Load(parsed.GetValue(file)), parsed.GetRequiredValue(roles), stop));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, StopSignals signals, IConfigurationRoot settings, FrozenSet<Role> roles, CancellationToken stop)
    {
        try
        {
            await using var running = await RunningHost.StartAsync(settings, roles, LogSettings.From(settings), new ConsoleProgress(console), stop);
            signals.Again(running.HandBack);
            foreach (var line in running.Addresses) console.WriteLine(line);
            console.WriteLine("Running; Ctrl-C stops.");
            await running.UntilStoppedAsync(stop);
            console.WriteLine($"Stopping; running work may finish within {running.FinishWithin}. Ctrl-C once more hands it back at once.");
        }
        catch (OperationCanceledException) when (stop.IsCancellationRequested)
        {
            // Stopped while it started, which is as good a stop as any.
        }

        return ExitCode.Done;
    }
}
