using System.CommandLine;
using System.Reflection;
using System.Runtime.InteropServices;
using Spectre.Console;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage version</c>: which code, which runtimes.</summary>
public static class VersionVerb
{
    public static Command Create(IAnsiConsole console)
    {
        var command = new Command("version", "Print the versions of the product, its code and its runtimes.");
        command.SetAction(_ => Print(console));
        return command;
    }

    private static int Print(IAnsiConsole console)
    {
        var grid = new Grid().AddColumn(new GridColumn().NoWrap().PadRight(3)).AddColumn();
        grid.AddPlainRow("TriageWorker", Product);
        grid.AddPlainRow("Code", Code);
        grid.AddPlainRow("ONNX Runtime", ScoringModel.RuntimeVersion);
        grid.AddPlainRow(".NET", Environment.Version.ToString());
        grid.AddPlainRow("System", $"{RuntimeInformation.OSDescription} {RuntimeInformation.OSArchitecture}");
        foreach (var folder in InstalledPackages.In(new DirectoryInfo(Home.Models))) grid.AddPlainRow("Model package", Describe(folder));
        console.Write(grid);
        return ExitCode.Done;
    }

    private static string Describe(DirectoryInfo folder)
    {
        try
        {
            var package = ModelPackage.Load(folder.FullName);
            return $"{package.Id} {package.Version} (SHA-256 {package.Digest})";
        }
        catch (ModelPackageException)
        {
            return $"{folder.Name} cannot be used; triage models says why";
        }
    }

    private static string Product => Informational.Split('+')[0];

    /// <summary>The commit that was built, or that it is unknown (built outside a checkout).</summary>
    private static string Code => Informational.Split('+') is [_, var commit] ? commit : "unknown commit";

    private static string Informational =>
        typeof(VersionVerb).Assembly.GetCustomAttribute<AssemblyInformationalVersionAttribute>()?.InformationalVersion ?? "0";
}
