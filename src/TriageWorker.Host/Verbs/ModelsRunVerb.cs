using System.CommandLine;
using System.Text.Json;
using Microsoft.Extensions.Logging.Abstractions;
using Spectre.Console;
using TriageWorker.Host.Trials;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models run</c>: tries a package on images without a PACS, a database or a study that anybody waits for.</summary>
public static class ModelsRunVerb
{
    private const int UsualTop = 20;

    public static Command Create(IAnsiConsole console, Option<DirectoryInfo> folder)
    {
        var package = InstalledPackages.Argument();
        var input = new Argument<string>("INPUT") { Description = "A folder with the DICOM files of one study, or a .npy file with the tensor itself (float32)." };
        var json = new Option<bool>("--json") { Description = "One JSON object, with every score." };
        var top = new Option<int>("--top") { Description = "Phenotypes to list.", DefaultValueFactory = _ => UsualTop };
        var running = new RunningOptions();
        var command = new Command("run", "Score images with a package and print what it says; nothing is kept or sent.") { package, input, json, top };
        running.AddTo(command);
        command.SetAction((parsed, stop) => Task.Run(() =>
        {
            var loaded = InstalledPackages.Load(parsed.GetRequiredValue(package), parsed.GetRequiredValue(folder));
            var report = Run(loaded, TrialInput.Read(parsed.GetRequiredValue(input), loaded, stop), running.Of(parsed), stop);
            if (parsed.GetValue(json)) console.Profile.Out.Writer.WriteLine(JsonSerializer.Serialize(report, TrialJson.Default.TrialReport));
            else report.Print(console, Math.Max(0, parsed.GetValue(top)));
            return ExitCode.Done;
        }, stop));
        return command;
    }

    private static TrialReport Run(ModelPackage package, TrialInput input, ScoringOptions options, CancellationToken stop)
    {
        try
        {
            using var model = ScoringModel.Open(package, options, NullLogger<ScoringModel>.Instance);
            var clock = TimeProvider.System;
            var began = clock.GetTimestamp();
            var output = model.Score(input.Tensor, stop);
            return TrialReport.Of(package, $"{model.Provider}, ONNX Runtime {ScoringModel.RuntimeVersion}", input, output, clock.GetElapsedTime(began));
        }
        catch (Exception fault) when (fault is ModelPackageException or ScoringException)
        {
            throw new UserFault(fault.Message, fault);
        }
    }
}
