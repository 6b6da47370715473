using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Jobs;
using TriageWorker.Store;
using static TriageWorker.Host.PlainText;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage alarms</c>: what needs an administrator; <c>triage alarms test</c>: whether anybody would be told.</summary>
public static class AlarmsVerb
{
    private const int MostOver = 200;

    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        file.Recursive = true;
        var all = new Option<bool>("--all") { Description = $"Also the newest {MostOver} that are over." };
        var list = new Command("list", "The alarms that are open, and what was told of each. Ends with 1 when a critical one is.") { all };
        list.SetAction((parsed, stop) => ListAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), parsed.GetValue(all), stop));
        var test = new Command("test", "Send a test notice through every channel that the settings name, from this machine. Ends with 1 when one did not take it.");
        test.SetAction((parsed, stop) => TestAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), stop));
        var command = new Command("alarms", "List what needs an administrator; 'alarms test' tries the ways to them.") { list, test, all };
        command.Options.Add(file);
        command.SetAction((parsed, stop) => ListAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), parsed.GetValue(all), stop));
        return command;
    }

    private static Task<int> ListAsync(IAnsiConsole console, IConfiguration settings, bool all, CancellationToken stop) => ProductDatabase.UseAsync(console, settings, async database =>
    {
        var alarms = new AlarmStore(database, NodeName.OfThisProcess);
        var open = await alarms.OpenAsync(stop);
        var over = all ? await alarms.OverAsync(MostOver, stop) : [];
        var told = await new NoticeStore(database, NodeName.OfThisProcess).OfAsync(open.Concat(over).Select(row => row.Id), stop);
        Print(console, [.. open, .. over], told);
        console.WriteLine(open.Count switch { 0 => "No alarm is open.", 1 => "1 alarm is open.", var many => $"{many} alarms are open." });
        return open.Any(row => row.Alarm.Severity == AlarmSeverity.Critical) ? ExitCode.SomeFailed : ExitCode.Done;
    }, stop);

    private static void Print(IAnsiConsole console, IReadOnlyList<AlarmRow> rows, ILookup<long, NoticeRow> told)
    {
        if (rows.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple).AddColumns("severity", "alarm", "since (UTC)", "seen", "what", "told");
        foreach (var row in rows)
        {
            var (over, critical) = (row.ClearedAt is not null, row.Alarm.Severity == AlarmSeverity.Critical);
            var what = row.ClearedBecause is { } because ? $"{row.Alarm.Sentence} Over {Time(row.ClearedAt!.Value)}: {because}" : row.Alarm.Sentence;
            table.AddCells(over ? Cell("over", Color.Grey) : critical ? Cell("critical", Color.Red) : Cell("warning", Color.Yellow),
                Cell(row.Alarm.Subject.Length > 0 ? $"{row.Alarm.Kind} ({row.Alarm.Subject})" : row.Alarm.Kind), Cell(Time(row.RaisedAt)),
                Cell(row.Times.ToString(CultureInfo.InvariantCulture)), Cell(what), Cell(Said(told[row.Id])));
        }

        console.Write(table);
    }

    private static string Said(IEnumerable<NoticeRow> notices)
    {
        var said = string.Join(", ", notices.Select(notice => $"{notice.What.ToString().ToLowerInvariant()} {notice.Channel} {notice.State}"));
        return said.Length > 0 ? said : "nobody";
    }

    private static async Task<int> TestAsync(IAnsiConsole console, IConfiguration settings, CancellationToken stop)
    {
        using var test = new ChannelTest(settings, TimeProvider.System);
        var (answers, taken) = (0, 0);
        await foreach (var answer in test.RunAsync(stop))
        {
            answers++;
            if (answer.Taken) taken++;
            console.WriteLine($"{(answer.Taken ? "✓" : "✗")} {answer.Channel}: {answer.Words}");
        }

        if (answers == 0) throw new UserFault("No channel is set, so nobody is told of alarms: name some in Alarms:Webhooks, or a mail server in Alarms:Mail (triage config schema describes both).");
        console.WriteLine($"{taken} of {answers} channels took the test.");
        return taken == answers ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss", CultureInfo.InvariantCulture);
}
