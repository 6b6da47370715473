using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Phantoms;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage phantom</c>: draws a synthetic CT study and writes it as DICOM.</summary>
public static class PhantomVerb
{
    private static readonly Dictionary<string, PhantomKind> Kinds = new(StringComparer.OrdinalIgnoreCase)
    {
        ["abdomen"] = PhantomKind.Abdomen,
        ["localizer"] = PhantomKind.Localizer,
        ["mr"] = PhantomKind.MagneticResonance,
        ["screenshot"] = PhantomKind.SecondaryCapture,
    };

    public static Command Create(IAnsiConsole console)
    {
        var finding = new Option<PhantomFindings>("--finding")
        {
            Description = $"What to draw into the body, separated by commas: {string.Join(", ", PhantomFindingNames.All)}; none by default.",
            HelpName = "NAMES",
            CustomParser = result =>
            {
                if (PhantomFindingNames.TryParse(string.Join(',', result.Tokens.Select(token => token.Value)), out var findings, out var error)) return findings;
                result.AddError(error);
                return PhantomFindings.None;
            },
        };
        var seed = new Option<int>("--seed") { Description = "Draws the anatomy; the same seed is the same person." };
        var slices = new Option<int>("--slices") { Description = "Axial images.", DefaultValueFactory = _ => 120 };
        var matrix = new Option<int>("--matrix") { Description = "Columns and rows.", DefaultValueFactory = _ => 512 };
        var kind = new Option<string>("--kind")
        {
            Description = $"What sort of study: {string.Join(", ", Kinds.Keys)}. All but the first are studies that no model may read.",
            DefaultValueFactory = _ => "abdomen",
        };
        kind.AcceptOnlyFromAmong([.. Kinds.Keys]);
        var output = new Option<DirectoryInfo>("--out") { Description = "The folder to write to; made when absent.", Required = true, HelpName = "DIR" };
        var command = new Command("phantom", "Draw a synthetic CT study and write it as DICOM files.") { finding, seed, slices, matrix, kind, output };
        command.SetAction(async (parsed, stop) =>
        {
            var spec = new PhantomSpec
            {
                Seed = parsed.GetValue(seed), Findings = parsed.GetValue(finding), Slices = parsed.GetValue(slices),
                Matrix = parsed.GetValue(matrix), Kind = Kinds[parsed.GetRequiredValue(kind)],
            };
            return await RunAsync(console, spec, parsed.GetRequiredValue(output).FullName, stop);
        });
        return command;
    }

    private static async Task<int> RunAsync(IAnsiConsole console, PhantomSpec spec, string folder, CancellationToken stop)
    {
        var (study, files) = await Progress.WhileAsync(console, $"drawing {spec.Slices} slices", () => Task.Run(() => DrawAndWrite(spec, folder, stop), stop));
        var truth = study.Attributes;
        var findings = PhantomFindingNames.Of(spec.Findings);
        console.WriteLine($"{files.Files.Count} files in {folder}, study {files.StudyInstanceUid}");
        console.WriteLine($"drawn: {(findings.Count == 0 ? "no finding" : string.Join(", ", findings))}");
        console.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"liver {truth.LiverDensityHu:0} HU, aortic calcium {truth.AorticCalciumMm3:0} mm³, vertebrae {truth.VertebralDensityHu:0} HU, body {truth.BodyWidthMm:0} mm wide"));
        return ExitCode.Done;
    }

    private static (PhantomStudy Study, PhantomFiles Files) DrawAndWrite(PhantomSpec spec, string folder, CancellationToken stop)
    {
        try
        {
            var study = Phantom.Draw(spec, cancellation: stop);
            return (study, PhantomDicom.Write(study, folder));
        }
        catch (ArgumentException fault)
        {
            throw new UserFault(fault.Message, fault); // the spec says which of its numbers cannot be drawn
        }
    }
}
