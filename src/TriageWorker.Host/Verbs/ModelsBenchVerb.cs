using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using TriageWorker.Host.Trials;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models bench</c>: how long a score takes on this machine, by provider and options, so that a site can choose them by figures.</summary>
public static class ModelsBenchVerb
{
    private const int UsualRuns = 5, MostRuns = 1000;

    public static Command Create(IAnsiConsole console, Option<DirectoryInfo> folder)
    {
        var package = InstalledPackages.Argument();
        var runs = new Option<int>("--runs") { Description = "Scores to measure, after one that warms up.", DefaultValueFactory = _ => UsualRuns };
        runs.Validators.Add(result =>
        {
            if (result.Tokens is [var token] && int.TryParse(token.Value, out var number) && number is < 1 or > MostRuns) result.AddError($"--runs must be 1 to {MostRuns}.");
        });
        var json = new Option<bool>("--json") { Description = "One JSON object." };
        var running = new RunningOptions();
        var command = new Command("bench", "Measure how long a score takes here, warm, and how much memory it wants.") { package, runs, json };
        running.AddTo(command);
        command.SetAction(async (parsed, stop) =>
        {
            var isJson = parsed.GetValue(json);
            var speed = await MeasureAsync(isJson ? null : console, InstalledPackages.Load(parsed.GetRequiredValue(package), parsed.GetRequiredValue(folder)), running.Of(parsed), parsed.GetValue(runs), stop);
            if (isJson) await console.Profile.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(speed, TrialJson.Default.TrialSpeed));
            else Print(console, speed);
            return ExitCode.Done;
        });
        return command;
    }

    /// <param name="console">Null keeps silent.</param>
    private static async Task<TrialSpeed> MeasureAsync(IAnsiConsole? console, ModelPackage package, ScoringOptions options, int runs, CancellationToken stop)
    {
        try
        {
            var clock = TimeProvider.System;
            var began = clock.GetTimestamp();
            using var model = ScoringModel.Open(package, options, NullLogger<ScoringModel>.Instance);
            var loaded = clock.GetElapsedTime(began);
            if (console is null) return TrialSpeed.Measure(model, options, loaded, runs, () => { }, clock, stop);
            TrialSpeed? speed = null;
            await Progress.RunAsync(console, "scoring", runs + 1, ran => Task.Run(() => speed = TrialSpeed.Measure(model, options, loaded, runs, ran, clock, stop), stop));
            return speed!;
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException)
        {
            throw new UserFault(fault.Message, fault);
        }
    }

    private static void Print(IAnsiConsole console, TrialSpeed speed)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{speed.Package} {speed.Version} on {speed.Provider}, {speed.Threads} threads: median {speed.Median:0.000} s of {speed.Seconds.Count} runs ({speed.Seconds.Min():0.000} to {speed.Seconds.Max():0.000}), loaded in {speed.LoadSeconds:0.0} s{(speed.PeakBytes == 0 ? "" : $", at most {speed.PeakBytes / (1024d * 1024):0} MB of memory")}."));
        if (speed.FallBack is { } why) console.WriteLine("Slower:", Color.Yellow, why);
    }
}
