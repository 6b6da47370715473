using System.CommandLine;
using Spectre.Console;
using TriageWorker.Host.Settings;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage config</c>: every effective setting, where it comes from, and everything that is wrong with them at once.</summary>
public static class ConfigVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var changed = new Option<bool>("--changed") { Description = "Only what differs from the product's defaults." };
        var command = new Command("config", "Print the effective settings and check them; secrets are masked.") { file, changed };
        command.SetAction(parsed => Print(console, parsed.GetValue(file), parsed.GetValue(changed)));
        return command;
    }

    private static int Print(IAnsiConsole console, FileInfo? file, bool changedOnly)
    {
        var settings = SettingsSource.Load(file);
        var walk = SettingsWalk.Through(settings, Sections.All);
        var table = new Table().Border(TableBorder.Simple).AddColumns("key", "value", "from");
        foreach (var setting in walk.Found.Where(setting => !changedOnly || setting.Origin != "default"))
            table.AddRow(Markup.Escape(setting.Key), Markup.Escape(setting.Value), Markup.Escape(setting.Origin));
        if (table.Rows.Count > 0) console.Write(table);
        var faults = EffectiveSettings.Faults(settings);
        if (faults.Count == 0 && !changedOnly) foreach (var stated in StatedPolicies.Of(settings)) console.MarkupLineInterpolated($"[bold]{stated.Of}[/]: {stated.Sentence}");
        foreach (var fault in faults) console.MarkupLineInterpolated($"[red]✗[/] {fault}");
        console.WriteLine(faults.Count switch { 0 => "The settings are valid.", 1 => "1 fault.", _ => $"{faults.Count} faults." });
        return faults.Count == 0 ? ExitCode.Done : ExitCode.Unusable;
    }
}
