using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage audit export</c>: rows and seals as JSON Lines, so that an auditor needs nothing of ours.</summary>
public static class AuditExportVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var from = Time("--from", "Rows from this time on.");
        var to = Time("--to", "Rows before this time.");
        var study = new Option<string?>("--study") { Description = "Rows of this study only.", HelpName = "UID" };
        var output = new Option<FileInfo?>("--out") { Description = "The file to write; made, never overwritten. Without it, the output stream.", HelpName = "FILE" };
        var command = new Command("export", "Write the audit ledger as JSON Lines, with what is needed to recompute its chain (docs/audit-ledger.md).") { from, to, study, output, file };
        command.SetAction((parsed, stop) =>
        {
            var selection = new LedgerSelection(parsed.GetValue(from), parsed.GetValue(to), parsed.GetValue(study));
            // What a verb says goes beside what it writes.
            var talk = parsed.GetValue(output) is null ? Terminal.Errors() : console;
            return ProductDatabase.UseAsync(talk, EffectiveSettings.Load(parsed.GetValue(file)), database => ExportAsync(talk, database, selection, parsed.GetValue(output), stop), stop);
        });
        return command;
    }

    private static async Task<int> ExportAsync(IAnsiConsole talk, Database database, LedgerSelection selection, FileInfo? output, CancellationToken stop)
    {
        var written = 0L;
        var target = output is null ? Console.OpenStandardOutput() : new FileStream(output.FullName, FileMode.CreateNew, FileAccess.Write);
        await using (var stream = new BufferedStream(target, 1 << 16))
            await Progress.RunAsync(talk, "exporting", async (begun, advanced) => written = await new LedgerExport(database).WriteAsync(stream, selection, begun, advanced, stop));
        talk.WriteLine($"{written} rows exported{(output is null ? "" : $" to {output.FullName}")}.");
        return ExitCode.Done;
    }

    private static Option<DateTimeOffset?> Time(string name, string about) => new(name)
    {
        Description = $"{about} ISO 8601; UTC when it says no offset.",
        HelpName = "TIME",
        CustomParser = result =>
        {
            if (DateTimeOffset.TryParse(result.Tokens[^1].Value, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out var time)) return time;
            result.AddError($"'{result.Tokens[^1].Value}' is no time such as 2026-01-31 or 2026-01-31T08:00:00Z.");
            return null;
        },
    };
}
