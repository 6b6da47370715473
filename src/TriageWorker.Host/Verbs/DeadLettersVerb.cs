using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Serialization;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage dead-letters</c>: what ended without its purpose, by cause; <c>replay</c> is in <see cref="ReplayVerb"/>.</summary>
public static class DeadLettersVerb
{
    private const int Shown = 100, Kept = 100_000;

    public static Command Create(IAnsiConsole console)
    {
        var command = List(console, "dead-letters", "List what ended without its purpose, one letter a study, by cause.");
        command.Subcommands.Add(List(console, "list", "The same."));
        command.Subcommands.Add(ReplayVerb.Create(console));
        return command;
    }

    private static Command List(IAnsiConsole console, string name, string description)
    {
        var file = SettingsOption.Create();
        var cause = new Option<string?>("--cause") { Description = "Only the studies of this cause, each with what happened to it.", HelpName = "KEY" };
        var json = new Option<bool>("--json") { Description = "One JSON object, with every study." };
        var command = new Command(name, description) { file, cause, json };
        command.SetAction((parsed, stop) => ProductDatabase.UseAsync(console, EffectiveSettings.Load(parsed.GetValue(file)),
            database => ListAsync(console, new DeadLetterStore(database, new WorkCredits()), parsed.GetValue(cause), parsed.GetValue(json), stop), stop));
        return command;
    }

    private static async Task<int> ListAsync(IAnsiConsole console, DeadLetterStore store, string? cause, bool json, CancellationToken stop)
    {
        var causes = (await store.CausesAsync(stop)).Where(group => cause is null || group.Key == cause).ToList();
        if (json)
        {
            var report = new DeadLetterReport(causes, await store.LettersAsync(cause, Kept, stop));
            await console.Profile.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(report, DeadLetterJson.Default.DeadLetterReport));
        }
        else if (causes.Count == 0)
        {
            console.WriteLine(cause is null ? "No dead letters: everything that ended has reached its purpose." : $"No dead letter has the cause {cause}.");
        }
        else if (cause is null)
        {
            Show(console, causes);
        }
        else
        {
            Show(console, causes[0], await store.LettersAsync(cause, Shown, stop));
        }

        return ExitCode.Done;
    }

    private static void Show(IAnsiConsole console, List<DeadCause> causes)
    {
        var table = new Table().Border(TableBorder.Simple).AddColumns("studies", "cause", "what", "first", "last");
        foreach (var cause in causes)
            table.AddPlainRow($"{cause.Studies}", cause.Key, cause.Sentence, Time(cause.FirstAt), Time(cause.LastAt));
        console.Write(table);
        console.WriteLine("triage dead-letters --cause KEY lists the studies of one; triage dead-letters replay --cause KEY makes them due again.");
    }

    private static void Show(IAnsiConsole console, DeadCause cause, IReadOnlyList<DeadLetter> letters)
    {
        console.WriteLine($"{cause.Sentence}: {cause.Studies} {(cause.Studies == 1 ? "study" : "studies")}.");
        var table = new Table().Border(TableBorder.Simple).AddColumns("study", "accession", "ended", "what happened");
        foreach (var letter in letters)
            table.AddPlainRow(letter.Study.Value, letter.Accession ?? "", Time(letter.At), letter.Ends == 1 ? letter.Because : $"{letter.Because} (and {letter.Ends - 1} more)");
        console.Write(table);
        if (letters.Count < cause.Studies) console.WriteLine($"The oldest {letters.Count} of {cause.Studies}; --json has all.");
    }

    // In UTC, as the log has it; the page shows the site's time.
    internal static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}

/// <param name="Letters">One a study.</param>
internal sealed record DeadLetterReport(IReadOnlyList<DeadCause> Causes, IReadOnlyList<DeadLetter> Letters);

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, WriteIndented = true)]
[JsonSerializable(typeof(DeadLetterReport))]
internal sealed partial class DeadLetterJson : JsonSerializerContext;
