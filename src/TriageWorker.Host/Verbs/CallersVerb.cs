using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Dicom;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage callers</c>: who sends, how much and how fast, what is wrong with each line, who was not let in.</summary>
public static class CallersVerb
{
    private const int MostRefused = 20;
    private static readonly TimeSpan Lately = TimeSpan.FromDays(7);

    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var title = new Argument<string?>("TITLE") { Description = "The AE title, or the name, of one caller.", Arity = ArgumentArity.ZeroOrOne };
        var command = new Command("callers", "List who sends, how fast and how much, and what to mend on each line; with a title, all about one.") { title, file };
        command.SetAction((parsed, stop) =>
        {
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            return ProductDatabase.UseAsync(console, settings, database => RunAsync(console, settings, database, parsed.GetValue(title), stop), stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, IConfiguration settings, Database database, string? title, CancellationToken stop)
    {
        var times = new SiteTimes(settings.GetSection(SiteOptions.Section).Get<SiteOptions>() ?? new SiteOptions());
        var links = await CallerLink.ReadAsync(new CallerStore(database), stop);
        if (title is null)
        {
            List(console, links, times);
            foreach (var caller in await new RefusedCallerStore(database).NewestAsync(Lately, MostRefused, stop))
                console.WriteLine($"Not let in: {caller.CallingAe} from {caller.PeerAddress}, asking for {caller.CalledAe}, {caller.Times} times until {times.Text(caller.LastAt)}: {caller.Because}");
            return ExitCode.Done;
        }

        if (links.FirstOrDefault(link => link.Row.Who.Title == title || link.Row.Who.Name == title) is not { } found)
            throw new UserFault($"Nobody has called as {title} lately; there are: {(links.Count == 0 ? "none" : string.Join(", ", links.Select(link => link.Row.Who.Title)))}.");
        Show(console, found, times);
        return ExitCode.Done;
    }

    private static void List(IAnsiConsole console, IReadOnlyList<CallerLink> links, SiteTimes times)
    {
        if (links.Count == 0)
        {
            console.WriteLine("Nobody has called yet.");
            return;
        }

        var table = new Table().Border(TableBorder.Simple).AddColumns("caller", "from", "last image", "studies", "objects", "MB", "objects/s", "wait", "broken off", "its line");
        foreach (var link in links)
        {
            var worst = link.Verdicts.FirstOrDefault(verdict => verdict.IsTrouble) ?? link.Verdicts[0];
            table.AddPlainRow(
                link.Row.Who.Name is { } name ? $"{name} ({link.Row.Who.Title})" : link.Row.Who.Title, link.Row.Who.Address + (link.Row.Who.IsSecured ? " TLS" : ""),
                link.Row.LastObjectAt is { } at ? times.Text(at) : "none", $"{link.Day.Studies}", $"{link.Day.Objects}", Number(link.Day.Bytes / 1e6), Number(link.ObjectsPerSecond),
                link.WaitPerImage is { } wait ? $"{Number(wait.TotalMilliseconds)} ms" : "", $"{link.Day.Aborted} of {link.Day.Associations}", worst.Sentence);
        }

        console.Write(table);
        console.WriteLine("Studies, objects, MB and associations of the last 24 hours; triage callers TITLE says more of one.");
    }

    private static void Show(IAnsiConsole console, CallerLink link, SiteTimes times)
    {
        var (row, who) = (link.Row, link.Row.Who);
        console.WriteLine($"{row.Called}: {who.Title} from {who.Address}{(who.IsSecured ? " over TLS" : "")}, {who.Implementation}; first {times.Text(row.FirstAt)}, last {times.Text(row.LastAt)}, last image {(row.LastObjectAt is { } at ? times.Text(at) : "none")}");
        console.WriteLine($"Longest PDU: sends {(who.PduSent == 0 ? "?" : $"{who.PduSent}")}, takes {(who.PduTaken == 0 ? "any" : $"{who.PduTaken}")} bytes");
        foreach (var verdict in link.Verdicts) console.WriteLine(verdict.IsTrouble ? "To mend:" : "Line:", verdict.IsTrouble ? Color.Yellow : Color.Green, verdict.Sentence);
        foreach (var syntax in link.Syntaxes) console.WriteLine($"{syntax.Objects} objects in {TransferSyntax.Of(syntax.TransferSyntax).Name}");
        var table = new Table().Border(TableBorder.Simple).AddColumns("hour", "studies", "objects", "MB", "associations", "broken off", "refused");
        foreach (var hour in link.Hours)
            table.AddPlainRow(times.Text(hour.Hour), $"{hour.Volume.Studies}", $"{hour.Volume.Objects}", Number(hour.Volume.Bytes / 1e6), $"{hour.Volume.Associations}", $"{hour.Volume.Aborted}", $"{hour.Volume.Refused}");
        console.Write(table);
    }

    private static string Number(double? number) => number?.ToString("0.#", CultureInfo.InvariantCulture) ?? "";
}
