using System.CommandLine;
using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Host.Settings;

namespace TriageWorker.Host.Verbs;

/// <summary>
/// <c>triage config show|check|schema</c>: every effective setting and where it comes from; everything that is wrong with them at once;
/// what can be set. Without a word after it: show, then check.
/// </summary>
public static class ConfigVerb
{
    private static readonly JsonSerializerOptions s_indented = new() { WriteIndented = true, Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        file.Recursive = true;
        var changed = new Option<bool>("--changed") { Description = "Only what differs from the product's defaults.", Recursive = false };
        var json = new Option<bool>("--json") { Description = "As JSON, for programs." };
        var show = new Command("show", "Print the effective settings and where each comes from; secrets are masked.") { changed, json };
        show.SetAction(parsed => Show(console, SettingsSource.Load(parsed.GetValue(file)), parsed.GetValue(changed), parsed.GetValue(json)));
        var check = new Command("check", "Say everything that is wrong with the settings, each with its key. Starts nothing. Ends with 2 when something is.");
        check.SetAction(parsed => Check(console, SettingsSource.Load(parsed.GetValue(file))));
        var schema = new Command("schema", "Print the JSON Schema of the settings file, by which editors complete and pipelines check.");
        schema.SetAction(_ => Schema(console));
        var command = new Command("config", "Print the effective settings and check them; secrets are masked.") { show, check, schema, changed };
        command.Options.Add(file);
        command.SetAction(parsed =>
        {
            var settings = SettingsSource.Load(parsed.GetValue(file));
            Show(console, settings, parsed.GetValue(changed), json: false);
            return Check(console, settings);
        });
        return command;
    }

    private static int Show(IAnsiConsole console, IConfigurationRoot settings, bool changedOnly, bool json)
    {
        var found = SettingsWalk.Through(settings, Sections.All).Found.Where(setting => !changedOnly || setting.Origin != "default").ToList();
        if (json)
        {
            Write(console, new JsonArray([.. found.Select(setting => new JsonObject { ["key"] = setting.Key, ["value"] = setting.Value, ["from"] = setting.Origin })]));
            return ExitCode.Done;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("key", "value", "from");
        foreach (var setting in found) table.AddPlainRow(setting.Key, setting.Value, setting.Origin);
        if (table.Rows.Count > 0) console.Write(table);
        if (!changedOnly && EffectiveSettings.Faults(settings).Count == 0) foreach (var stated in StatedPolicies.Of(settings)) console.WriteLine($"{stated.Of}: {stated.Sentence}");
        return ExitCode.Done;
    }

    private static int Check(IAnsiConsole console, IConfigurationRoot settings)
    {
        var faults = EffectiveSettings.Faults(settings).ToList();
        if (faults.Count == 0) faults.AddRange(SettingsSurroundings.Faults(settings).Select(fault => fault.ToString()));
        foreach (var fault in faults) console.WriteLine("✗", Color.Red, fault);
        console.WriteLine(faults.Count switch { 0 => "The settings are valid.", 1 => "1 fault.", _ => $"{faults.Count} faults." });
        return faults.Count == 0 ? ExitCode.Done : ExitCode.Unusable;
    }

    private static int Schema(IAnsiConsole console)
    {
        Write(console, SettingsSchema.Of(Sections.All));
        return ExitCode.Done;
    }

    // Not through the console's own writing, which would wrap lines.
    private static void Write(IAnsiConsole console, JsonNode json) => console.Profile.Out.Writer.WriteLine(json.ToJsonString(s_indented));
}
