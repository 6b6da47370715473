using System.CommandLine;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage dead-letters replay</c>: makes what ended without its purpose due again; an act that the ledger keeps with the user's name.</summary>
public static class ReplayVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var study = new Argument<string?>("STUDY") { Description = "The Study Instance UID of one letter.", Arity = ArgumentArity.ZeroOrOne };
        study.Validators.Add(result =>
        {
            foreach (var token in result.Tokens.Where(token => !token.Value.All(letter => char.IsAsciiDigit(letter) || letter == '.')))
                result.AddError($"'{token.Value}' is no Study Instance UID: it has digits and dots only.");
        });
        var cause = new Option<string?>("--cause") { Description = "All studies of one cause, as triage dead-letters lists it.", HelpName = "KEY" };
        var all = new Option<bool>("--all") { Description = "All of them." };
        var yes = new Option<bool>("--yes") { Description = "Do not ask before several studies are replayed." };
        var command = new Command("replay", "Make a study's, a cause's or all dead letters due again: the same documents, the same order class.") { study, cause, all, yes, file };
        command.SetAction((parsed, stop) =>
        {
            var which = new Which(parsed.GetValue(study), parsed.GetValue(cause), parsed.GetValue(all));
            which.Require();
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            var credits = settings.GetSection("WorkCredits").Get<WorkCredits>() ?? new WorkCredits();
            return ProductDatabase.UseAsync(console, settings, database => RunAsync(console, new DeadLetterStore(database, credits), which, parsed.GetValue(yes), stop), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, DeadLetterStore store, Which which, bool yes, CancellationToken stop)
    {
        if (which.Study is { } uid)
        {
            var replayed = await store.ReplayAsync(new StudyUid(uid), Actor, stop);
            console.WriteLine(new ReplayedStudies(replayed.IsAny ? 1 : 0, replayed).Sentence);
            return ExitCode.Done;
        }

        var studies = (await store.CausesAsync(stop)).Where(cause => which.All || cause.Key == which.Cause).Sum(cause => cause.Studies);
        if (studies > 1 && !yes && !Asked(console, studies)) return ExitCode.Interrupted;
        var result = default(ReplayedStudies);
        await Progress.RunAsync(console, "replaying", studies, async advance => result = await store.ReplayAsync(which.Cause, studies, Actor, advance, stop));
        console.WriteLine(result.Sentence);
        return ExitCode.Done;
    }

    private static string Actor => $"user {Environment.UserName} at {Environment.MachineName}";

    private static bool Asked(IAnsiConsole console, int studies) => console.Profile.Capabilities.Interactive
        ? console.Confirm($"Make {studies} studies due again?", defaultValue: false)
        : throw new UserFault($"{studies} studies would be replayed, and nobody can be asked here: add --yes.");

    private sealed record Which(string? Study, string? Cause, bool All)
    {
        public void Require()
        {
            if ((Study is null ? 0 : 1) + (Cause is null ? 0 : 1) + (All ? 1 : 0) != 1)
                throw new UserFault("Say what to replay: one STUDY, or --cause KEY, or --all.");
        }
    }
}
