using System.CommandLine;
using System.Text.Json;
using Npgsql;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Host.Studies;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage study UID|ACCESSION</c>: where a study is, what happened to it, what it waits for. Ends with 1 when it is not here.</summary>
public static class StudyVerb
{
    private const int UsualTop = 20;
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(1);

    public static Command Create(IAnsiConsole console)
    {
        var asked = new Argument<string>("UID|ACCESSION") { Description = "A Study Instance UID or an accession number." };
        var json = new Option<bool>("--json") { Description = "As JSON; with --follow one line for each change." };
        var follow = new Option<bool>("--follow") { Description = "Go on telling until nothing is waited for any more, or Ctrl-C." };
        var phenotypes = new Option<bool>("--phenotypes") { Description = "Its phenotypes instead, the strongest first, of each package that gives any." };
        var top = new Option<int>("--top") { Description = "How many of them; 0 for all.", DefaultValueFactory = _ => UsualTop };
        var file = SettingsOption.Create();
        var command = new Command("study", "Say where a study is: each step with its time and cause, what it waits for, and until when.") { asked, json, follow, phenotypes, top, file };
        command.SetAction(async (parsed, stop) =>
        {
            await using var database = await ProductDatabase.OpenAsync(EffectiveSettings.Load(parsed.GetValue(file)), starting: null, stop);
            var inquiry = new StudyInquiry(database);
            try
            {
                if (parsed.GetValue(phenotypes))
                    return await PhenotypesAsync(console, inquiry, parsed.GetRequiredValue(asked), parsed.GetValue(top) is > 0 and var most ? most : int.MaxValue, parsed.GetValue(json), stop);
                var print = parsed.GetValue(json) ? AsJson(console) : AsText(new StudyReport(console, inquiry.Times));
                return await RunAsync(inquiry, parsed.GetRequiredValue(asked), parsed.GetValue(follow), print, stop);
            }
            catch (NpgsqlException fault)
            {
                throw new UserFault(ProductDatabase.Sentence(fault), fault);
            }
        });
        return command;
    }

    private static async Task<int> PhenotypesAsync(IAnsiConsole console, StudyInquiry inquiry, string asked, int top, bool json, CancellationToken stop)
    {
        var studies = await inquiry.PhenotypesAsync(asked, top, stop);
        if (studies.Count == 0) throw new UserFault($"No study with the UID or accession number {asked} is here.");
        foreach (var study in studies)
        {
            if (json) await console.Profile.Out.Writer.WriteLineAsync(JsonSerializer.Serialize(study, PhenotypeJson.Default.PhenotypeReport));
            else study.Print(console);
        }

        return ExitCode.Done;
    }

    /// <param name="print">Given the answer, and the one before when there was one.</param>
    private static async Task<int> RunAsync(StudyInquiry inquiry, string asked, bool follow, Action<StudyAnswer, StudyAnswer?> print, CancellationToken stop)
    {
        var answer = await inquiry.AskAsync(asked, stop);
        print(answer, null);
        if (answer.Studies.Count == 0) return ExitCode.SomeFailed;
        if (!follow) return ExitCode.Done;
        if (answer.Studies is not [var only]) throw new UserFault("Several studies cannot be followed at once: ask with the UID of one.");
        using var timer = new PeriodicTimer(Look, TimeProvider.System);
        while (!answer.Studies[0].WaitsFor.IsOver && await timer.WaitForNextTickAsync(stop))
        {
            var next = await inquiry.AskAsync(only.StudyUid, stop);
            if (next.Studies.Count == 0) break;
            print(next, answer);
            answer = next;
        }
        return ExitCode.Done;
    }

    private static Action<StudyAnswer, StudyAnswer?> AsJson(IAnsiConsole console) => (answer, before) =>
    {
        if (before is null || !answer.Studies[0].Tells(before.Studies[0]).IsNothing)
            console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(answer, StudyJson.Default.StudyAnswer)); // whole: a console would wrap it
    };

    private static Action<StudyAnswer, StudyAnswer?> AsText(StudyReport report) => (answer, before) =>
    {
        switch (answer.Studies)
        {
            case []:
                report.PrintAbsence(answer.Asked, answer.Absence!);
                break;
            case [var only] when before is null:
                report.Print(only);
                break;
            case [var only]:
                var news = only.Tells(before.Studies[0]);
                foreach (var hop in news.Hops) report.PrintHop(hop);
                if (news.HasOtherWait) report.PrintWait(only);
                break;
            default:
                report.PrintChoice(answer);
                break;
        }
    };
}
