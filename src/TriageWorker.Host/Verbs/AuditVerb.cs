using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage audit</c>: is the ledger what was sealed, and how does it leave for an auditor?</summary>
public static class AuditVerb
{
    public static Command Create(IAnsiConsole console) => new("audit", "Verify the audit ledger, export it, or seal what waits.")
    {
        Verify(console),
        AuditExportVerb.Create(console),
        Seal(console),
    };

    private static Command Verify(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var head = new Option<FileInfo?>("--head") { Description = "The head file to compare with (default: Audit:HeadFile).", HelpName = "FILE" };
        var without = new Option<bool>("--without-head") { Description = "Compare with no head file: a cut tail then goes unnoticed." };
        var command = new Command("verify", "Walk the whole chain and name every place where it was tampered with. Ends with 1 when there is any.") { file, head, without };
        command.SetAction((parsed, stop) =>
        {
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            if (parsed.GetValue(head) is { Exists: false } missing) throw new UserFault($"The head file {missing.FullName} is not there.");
            var heads = parsed.GetValue(without) ? null : new HeadFile(parsed.GetValue(head)?.FullName ?? OptionsOf(settings).HeadFile);
            return ProductDatabase.UseAsync(console, settings, database => VerifyAsync(console, database, OptionsOf(settings), heads, stop), stop);
        });
        return command;
    }

    private static Command Seal(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        var command = new Command("seal", "Seal what can be sealed and tell the newest seal to the head file; before a dump, and after a restore.") { file };
        command.SetAction((parsed, stop) =>
        {
            var settings = EffectiveSettings.Load(parsed.GetValue(file));
            return ProductDatabase.UseAsync(console, settings, database => SealAsync(console, database, new HeadFile(OptionsOf(settings).HeadFile), stop), stop);
        });
        return command;
    }

    private static async Task<int> VerifyAsync(IAnsiConsole console, Database database, AuditOptions options, HeadFile? heads, CancellationToken stop)
    {
        LedgerVerdict? verdict = null;
        var faults = new List<LedgerFault>(); // told after the bar, which owns the terminal while it runs
        await Progress.RunAsync(console, "verifying", async (begun, advanced) =>
            verdict = await new LedgerVerification(database, options.OverdueAfter).RunAsync(heads, begun, advanced, faults.Add, stop));
        foreach (var fault in faults) console.WriteLine("✗", Color.Red, fault.Sentence);
        Report(console, verdict!, heads);
        return verdict!.IsSound ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static void Report(IAnsiConsole console, LedgerVerdict verdict, HeadFile? heads)
    {
        Say(console, $"{verdict.Rows} rows, {verdict.Seals} seals{(verdict.Head is { } last ? $", the newest is seal {last.Seq} of epoch {last.Epoch} with hash {Convert.ToHexStringLower(last.Hash)}" : "")}.");
        if (verdict.Unsealed > 0) Say(console, $"{verdict.Unsealed} rows wait for their seal, the oldest for {verdict.OldestUnsealed?.TotalSeconds ?? 0:0} s.");
        if (heads is null) console.WriteLine("Not compared with a head file: a cut tail would not show.");
        else if (heads.Exists) Say(console, $"Compared with {verdict.HeadsCompared} heads in {heads.Path}{(verdict.HeadsUnreadable > 0 ? $"; {verdict.HeadsUnreadable} lines there cannot be read (torn by a crash, or changed)" : "")}.");
        console.WriteLine(verdict.Faults switch { 0 => "The ledger is what was sealed.", 1 => "1 fault.", _ => $"{verdict.Faults} faults." });
    }

    private static async Task<int> SealAsync(IAnsiConsole console, Database database, HeadFile heads, CancellationToken stop)
    {
        var seals = new SealStore(database, NodeName.OfThisProcess);
        var (began, rows) = (await seals.HeadAsync(stop), 0L);
        rows = await Progress.WhileAsync(console, "sealing", async () =>
        {
            while (await seals.SealNextAsync(stop) is { } seal) rows += seal.Rows;
            return rows;
        });
        var head = await seals.HeadAsync(stop);
        if (head is not null && head.Seq != began?.Seq) heads.Append(SealHead.Of(head));
        if (head is null) console.WriteLine("There is nothing to seal.");
        else Say(console, $"{rows} rows sealed; the newest is seal {head.Seq} of epoch {head.Epoch} with hash {Convert.ToHexStringLower(head.Hash)}.");
        if (await new HorizonStore(database).FindAsync(stop) is { } held) Say(console, $"Rows of the last {held.Age.TotalSeconds:0} s wait, because of {held.Holder}.");
        return ExitCode.Done;
    }

    private static AuditOptions OptionsOf(IConfiguration settings) => settings.GetSection(AuditOptions.Section).Get<AuditOptions>() ?? new AuditOptions();

    private static void Say(IAnsiConsole console, FormattableString sentence) => console.WriteLine(sentence.ToString(CultureInfo.InvariantCulture));
}
