using System.CommandLine;
using System.Globalization;
using Microsoft.Extensions.Configuration;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Options;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Store;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage spool</c>: how the spools are; whether files and rows agree; whether each file still is what was received.</summary>
public static class SpoolVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var file = SettingsOption.Create();
        file.Recursive = true;
        var status = new Command("status", "Room, backlog, quarantine, and what reconciliation and retention did last, of every spool of the installation.");
        status.SetAction((parsed, stop) => StatusAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), stop));
        var reconcile = new Command("reconcile", "Compare this machine's spool with its rows now, as each start of a listener does. Ends with 1 when a row has no file.");
        reconcile.SetAction((parsed, stop) => ReconcileAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), stop));
        var verify = new Command("verify", "Read every file of this machine's spool and compare it with its digest. Ends with 1 when one differs, and names it.");
        verify.SetAction((parsed, stop) => VerifyAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), stop));
        var command = new Command("spool", "Say how the spools are; 'spool reconcile' compares files and rows, 'spool verify' reads every file.") { status, reconcile, verify };
        command.Options.Add(file);
        command.SetAction((parsed, stop) => StatusAsync(console, EffectiveSettings.Load(parsed.GetValue(file)), stop));
        return command;
    }

    private static Task<int> StatusAsync(IAnsiConsole console, IConfiguration settings, CancellationToken stop) => ProductDatabase.UseAsync(console, settings, async database =>
    {
        var store = new SpoolStateStore(database);
        var spools = await store.AllAsync(stop);
        if (spools.Count == 0) console.WriteLine("No listener has told of a spool yet.");
        foreach (var spool in spools) Print(console, spool);
        var (images, studies) = await store.MissingAsync(stop);
        if (images == 0) return ExitCode.Done;
        console.WriteLine($"{images} images of {studies} studies have no file any more: their pages say so. Push them again, or put the files back and run triage spool reconcile.");
        return ExitCode.SomeFailed;
    }, stop);

    private static void Print(IAnsiConsole console, SpoolRow spool)
    {
        var figures = spool.Figures;
        console.WriteLine($"{spool.Host}:{spool.Folder}");
        console.WriteLine($"  told {Time(spool.SeenAt)}{(spool.IsSilent ? "; nothing since: no listener runs there" : "")}");
        console.WriteLine($"  room: {RetentionRule.Size(figures.Free)} of {RetentionRule.Size(figures.Total)} free; below {RetentionRule.Size(figures.Minimum)} nothing more is taken");
        if (figures.Trouble is { } trouble) console.WriteLine($"  trouble: {trouble}");
        console.WriteLine($"  backlog: {Count(figures.Backlog, "received file waits", "received files wait")} for {(figures.Backlog == 1 ? "its row" : "their rows")}");
        console.WriteLine($"  quarantine: {Count(figures.Quarantined, "file", "files")}");
        foreach (var file in figures.Quarantine) console.WriteLine($"    {file.Name}, {Time(file.At)}: {file.Because ?? "no reason is beside it; see the log"}");
        if (spool.Reconcile is { } reconcile) console.WriteLine($"  files and rows: {reconcile.Sentence}");
        if (spool.Retention is { } retention)
        {
            console.WriteLine($"  retention: {retention.Rule}");
            console.WriteLine($"    last run {Time(retention.At)}: {retention.Sentence}");
        }
    }

    private static Task<int> ReconcileAsync(IAnsiConsole console, IConfiguration settings, CancellationToken stop)
    {
        var options = Here(settings);
        return ProductDatabase.UseAsync(console, settings, async database =>
        {
            using var spool = new Spool(Options.Create(options), NullLogger<Spool>.Instance);
            var states = new SpoolStateStore(database);
            ReconcileFigures? figures = null;
            var reconciliation = new SpoolReconciliation(spool, new ReconcileStore(database, NodeName.OfThisProcess), TimeProvider.System);
            await Progress.RunAsync(console, "comparing files and rows", async (expected, done) =>
            {
                var compared = 0L;
                figures = await reconciliation.RunAsync(far =>
                {
                    expected(far.ExpectedFiles);
                    done((int)(far.Files - compared));
                    compared = far.Files;
                    return Task.CompletedTask;
                }, stop);
            });
            await states.NoteAsync(spool.Id, spool.Folder, figures!, stop);
            console.WriteLine(figures!.Sentence);
            if (figures.Adopted > 0) console.WriteLine("What was adopted gets its rows when the listener is started next.");
            return figures.Missing > 0 ? ExitCode.SomeFailed : ExitCode.Done;
        }, stop);
    }

    private static async Task<int> VerifyAsync(IAnsiConsole console, IConfiguration settings, CancellationToken stop)
    {
        var verification = new SpoolVerification(Here(settings));
        var files = await Task.Run(() => verification.Count(stop), stop);
        var faults = new List<SpoolFault>();
        await Progress.RunAsync(console, "reading files", files, advance => Task.Run(() => faults.AddRange(verification.Faults(advance, stop)), stop));
        foreach (var fault in faults) console.WriteLine($"{fault.Path}: {fault.Because}");
        console.WriteLine(faults.Count == 0 ? $"{Count(files, "file", "files")} read: each is what was received." : $"{faults.Count} of {files} files are not what was received.");
        return faults.Count == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }

    private static SpoolOptions Here(IConfiguration settings)
    {
        var options = settings.GetSection(SpoolOptions.Section).Get<SpoolOptions>() ?? new SpoolOptions();
        return new SpoolVerification(options).IsThere ? options
            : throw new UserFault($"There is no spool at {Path.GetFullPath(options.Folder)} (Spool:Folder): run this on the machine that receives.");
    }

    // In UTC, as the log has it; the page shows the site's time.
    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyy-MM-dd HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    private static string Count(int number, string one, string several) => $"{number} {(number == 1 ? one : several)}";
}
