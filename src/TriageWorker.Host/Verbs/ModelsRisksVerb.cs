using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Host.Administration;
using TriageWorker.Host.Settings;
using TriageWorker.Models.Packages;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Verbs;

/// <summary>
/// <c>triage models risks</c>: which risks are held back because their label is disputed; <c>confirm</c> says for this site what one is about, and from then on it
/// is told, by that name and with a note.
/// </summary>
public static class ModelsRisksVerb
{
    public static Command Create(IAnsiConsole console, Option<DirectoryInfo> folder)
    {
        var list = SettingsOption.Create();
        var command = new Command("risks", "List the risks whose label is disputed, and what this site has confirmed of them.") { Confirm(console, folder), list };
        command.SetAction((parsed, stop) => ProductDatabase.UseAsync(console, EffectiveSettings.Load(parsed.GetValue(list)),
            database => ListAsync(console, parsed.GetRequiredValue(folder), new RiskConfirmationStore(database), stop), stop));
        return command;
    }

    private static Command Confirm(IAnsiConsole console, Option<DirectoryInfo> folder)
    {
        var file = SettingsOption.Create();
        var package = new Option<string>("--package") { Description = "A package's folder, or its name among those in --folder.", Required = true, HelpName = "PACKAGE" };
        var disease = new Option<string>("--as") { Description = "What the risk is about.", Required = true };
        disease.AcceptOnlyFromAmong([.. RiskDisease.All.Select(each => each.Name)]);
        var command = new Command("confirm", "Say what a package's disputed risk is about. The audit ledger keeps who said so; scores that are there already are told too.") { package, disease, file };
        command.SetAction((parsed, stop) =>
        {
            var loaded = InstalledPackages.Load(parsed.GetRequiredValue(package), parsed.GetRequiredValue(folder));
            if (loaded.Risks.FirstOrDefault(IsDisputed) is not { } risk) throw new UserFault($"{loaded.Id} {loaded.Version} has no risk whose label is disputed.");
            var confirmed = RiskDisease.Named(parsed.GetRequiredValue(disease))!;
            return ProductDatabase.UseAsync(console, EffectiveSettings.Load(parsed.GetValue(file)),
                database => ConfirmAsync(console, loaded, risk, confirmed, new RiskConfirmationStore(database), stop), stop);
        });
        return command;
    }

    private static bool IsDisputed(ScoreLabel risk) => risk.Held is not null || Disclosure.DisputedRisks.Contains(risk.Key);

    private static async Task<int> ConfirmAsync(IAnsiConsole console, ModelPackage package, ScoreLabel risk, RiskDisease disease, RiskConfirmationStore store, CancellationToken stop)
    {
        var isNews = await store.ConfirmAsync(package.Id, risk.Key, disease, $"user {Environment.UserName} at {Environment.MachineName}", stop);
        console.WriteLine(isNews
            ? $"{risk.Key} of {package.Id} is {disease.Label.ToLowerInvariant()} at this site from now on, with a note that its publishers disagree. The audit ledger has it."
            : $"{risk.Key} of {package.Id} was confirmed as {disease.Label.ToLowerInvariant()} before; nothing has changed.");
        return ExitCode.Done;
    }

    private static async Task<int> ListAsync(IAnsiConsole console, DirectoryInfo folder, RiskConfirmationStore store, CancellationToken stop)
    {
        var confirmed = await store.AllAsync(stop);
        var table = new Table().Border(TableBorder.Simple).AddColumns("package", "version", "risk", "label", "here");
        var read = InstalledPackages.Read(folder).ToList();
        foreach (var package in read.Select(each => each.Package).OfType<ModelPackage>())
        foreach (var risk in package.Risks.Where(IsDisputed))
        {
            var said = confirmed.FirstOrDefault(each => each.PackageId == package.Id && each.Risk == risk.Key);
            var here = said is null ? "held back: nobody has confirmed what it is about"
                : string.Create(CultureInfo.InvariantCulture, $"told as {said.Disease.Label.ToLowerInvariant()}, confirmed by {said.By} on {said.At:yyyy-MM-dd}");
            table.AddPlainRow(package.Id, package.Version, risk.Key, risk.Label, here);
        }

        console.Write(table);
        string[] faults = [.. read.Select(each => each.Fault).OfType<string>()];
        foreach (var fault in faults) console.WriteLine(fault);
        return faults.Length == 0 ? ExitCode.Done : ExitCode.SomeFailed;
    }
}
