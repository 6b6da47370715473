using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Doctor;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage doctor</c>: looks at machine, servers and settings, whether the product runs or not. Ends with 1 when there is a fault.</summary>
public static class DoctorVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var json = new Option<bool>("--json") { Description = "As JSON." };
        var within = new Option<TimeSpan>("--within")
        {
            Description = "How long one check may take before it is cut off, as SECONDS; longer on a machine that is busy.",
            HelpName = "SECONDS",
            DefaultValueFactory = _ => TimeSpan.FromSeconds(3),
            CustomParser = result =>
            {
                if (double.TryParse(result.Tokens[^1].Value, NumberStyles.Float, CultureInfo.InvariantCulture, out var seconds) && seconds is >= 0.1 and <= 3600) return TimeSpan.FromSeconds(seconds);
                result.AddError($"'{result.Tokens[^1].Value}' is no number of seconds from 0.1 to 3600.");
                return default;
            },
        };
        var file = SettingsOption.Create();
        var command = new Command("doctor", "Check this machine, the servers and the settings as before going live, and say what to do. Starts and changes nothing.") { json, within, file };
        command.SetAction((parsed, stop) => RunAsync(console, SettingsSource.Load(parsed.GetValue(file)), parsed.GetValue(json), parsed.GetValue(within), stop));
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, IConfigurationRoot settings, bool json, TimeSpan within, CancellationToken stop)
    {
        var clock = TimeProvider.System;
        var broken = EffectiveSettings.Faults(settings).Select(fault => new Diagnosis("settings", Judgement.Fault, fault, "Mend it; the rest is looked at then.")).ToArray();
        var found = broken.Length > 0 ? broken : await ExamineAsync(settings, within, clock, stop);
        var site = settings.GetSection(SiteOptions.Section);
        var times = new SiteTimes(broken.Length > 0 ? new SiteOptions() : site.Get<SiteOptions>() ?? new SiteOptions());
        var answer = DoctorAnswer.Of(times.Here(clock.GetUtcNow()), found);
        if (json) await console.Profile.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(answer, DoctorJson.Default.DoctorAnswer));
        else Print(console, answer);
        return broken.Length > 0 ? ExitCode.Unusable : answer.Faults > 0 ? ExitCode.SomeFailed : ExitCode.Done;
    }

    private static async Task<IReadOnlyList<Diagnosis>> ExamineAsync(IConfiguration settings, TimeSpan within, TimeProvider clock, CancellationToken stop)
    {
        await using var door = new DatabaseDoor(settings.GetSection(DatabaseOptions.Section).Get<DatabaseOptions>() ?? new DatabaseOptions(), within * 2 / 3);
        return [new("settings", Judgement.Ok, "The settings are valid."), .. await Examination.OfAsync(Checks.Of(settings, door, within, clock), within, clock, stop)];
    }

    private static void Print(IAnsiConsole console, DoctorAnswer answer)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("", "check", "found", "what to do");
        foreach (var each in answer.Checks) table.AddCells(Mark(each.Judgement), PlainText.Cell(each.Check), PlainText.Cell(each.What), PlainText.Cell(each.ToDo ?? ""));
        console.Write(table);
        console.WriteLine($"{Count(answer.Faults, "fault")}, {Count(answer.Warnings, "warning")}.");
    }

    private static Text Mark(Judgement judgement) => judgement switch
    {
        Judgement.Ok => PlainText.Cell("ok", Color.Green),
        Judgement.Warning => PlainText.Cell("warning", Color.Yellow),
        _ => PlainText.Cell("fault", Color.Red),
    };

    private static string Count(int number, string what) => number == 1 ? $"1 {what}" : $"{number} {what}s";
}
