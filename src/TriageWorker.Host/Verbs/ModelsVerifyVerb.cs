using System.CommandLine;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sentences;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models verify</c>: is a package whole, and does it compute here what it must?</summary>
public static class ModelsVerifyVerb
{
    public static Command Create(IAnsiConsole console, Option<DirectoryInfo> folder)
    {
        var package = InstalledPackages.Argument();
        package.Arity = ArgumentArity.ZeroOrOne;
        var running = new RunningOptions();
        var command = new Command("verify", "Verify a package's digests and run its own test on this machine; without a name, of every package.") { package };
        running.AddTo(command);
        command.SetAction(parsed => Verify(console, Folders(parsed.GetValue(package), parsed.GetRequiredValue(folder)), running.Of(parsed)));
        return command;
    }

    private static string[] Folders(string? named, DirectoryInfo folder) =>
        named is null ? [.. InstalledPackages.AllIn(folder).Select(each => each.FullName)] : [InstalledPackages.Load(named, folder).Directory];

    private static int Verify(IAnsiConsole console, string[] folders, ScoringOptions options)
    {
        var allPassed = true;
        foreach (var folder in folders)
        {
            try
            {
                var package = ModelPackage.Load(folder);
                using var model = ScoringModel.Open(package, options, NullLogger<ScoringModel>.Instance);
                console.WriteLine("✓", Color.Green, $"{package.Id} {package.Version}: every file has its digest; on {model.Provider} it says what it must.");
                foreach (var check in model.CheckGolden()) console.WriteLine($"    {check}");
                if (package.Text is not null)
                    using (TextModel.Open(package, options.Threads)) console.WriteLine("    golden test: sentences are read as they must be.");
                if (model.FallBack is { } why) console.WriteLine("    Slower:", Color.Yellow, why);
            }
            catch (Exception fault) when (fault is ModelPackageException or ScoringException)
            {
                allPassed = false;
                console.WriteLine("✗", Color.Red, $"{Path.GetFileName(folder)}: {fault.Message}");
            }
        }

        return allPassed ? ExitCode.Done : ExitCode.SomeFailed;
    }
}
