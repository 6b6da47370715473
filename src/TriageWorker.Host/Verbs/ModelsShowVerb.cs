using System.CommandLine;
using System.Globalization;
using Spectre.Console;
using TriageWorker.Host.Prompts;
using TriageWorker.Models.Packages;

namespace TriageWorker.Host.Verbs;

/// <summary><c>triage models show</c>: a package's manifest in words.</summary>
public static class ModelsShowVerb
{
    private const int Listed = 12;

    public static Command Create(IAnsiConsole console, Option<DirectoryInfo> folder)
    {
        var package = InstalledPackages.Argument();
        var all = new Option<bool>("--labels") { Description = "Every label with its key and code, however many." };
        var policy = new Option<FileInfo?>("--policy") { Description = "Say which thresholds of this policy were approved for the scores that the package gives, and what to write where it does not say it. Ends with 1 when one is held back." };
        var command = new Command("show", "Say of a package what it needs, says and warns of, where it is from, and what it consists of.") { package, all, policy };
        command.SetAction(parsed =>
        {
            var loaded = InstalledPackages.Load(parsed.GetRequiredValue(package), parsed.GetRequiredValue(folder));
            if (parsed.GetValue(policy) is not { } file) return Show(console, loaded, parsed.GetValue(all));
            return PolicySheet.Write(console, PolicySheet.Read(file.FullName, loaded), loaded) ? ExitCode.Done : ExitCode.SomeFailed;
        });
        return command;
    }

    private static int Show(IAnsiConsole console, ModelPackage package, bool allLabels)
    {
        var about = PackageDescription.Of(package);
        console.WriteLine($"{package.Title} ({package.Id} {package.Version}){(package.Demonstration ? ", a demonstration: its scores mean nothing for patients" : "")}");
        console.WriteLine();
        var table = new Table().Border(TableBorder.None).HideHeaders().AddColumns("", "");
        void Row(string name, string? value)
        {
            if (!string.IsNullOrEmpty(value)) table.AddPlainRow(name, value);
        }

        Row("use", about.Statement);
        Row("needs", Needs(package.Needs));
        Row("reads", Reads(package));
        Row("licence", $"{package.Licence}{about.CommercialUse switch { true => "; commercial use allowed", false => "; no commercial use", null => "" }}");
        foreach (var warning in package.Warnings) Row("warning", warning);
        Row("vendor", about.Vendor);
        Row("created", about.Created);
        Row("made by", string.Join("; ", new[] { about.Made, about.Tool }.Where(part => !string.IsNullOrEmpty(part))));
        Row("from", about.Data);
        foreach (var source in about.Sources) Row("source", $"{source.File}, {Size(source.Bytes)}, SHA-256 {source.Sha256}");
        Row("digest", package.Digest);
        foreach (var file in about.Files) Row("file", $"{file.Name}, {Size(file.Bytes)}, SHA-256 {file.Sha256}");
        if (package.HasDeferred) Row("later", $"{string.Join(", ", package.Graphs.Where(graph => graph.IsDeferred).Select(graph => Path.GetFileName(graph.File)))}: runs after the urgent work, and adds its risks to a study that is decided by then");
        Row("folder", package.Directory);
        Row("policy", File.Exists(package.PolicyFile) ? "proposes thresholds of its own (policy.json)" : "none: nothing is approved until the site names a policy");
        console.Write(table);
        Labels(console, "Findings", null, [.. package.Findings.Select(finding => finding.Label)], allLabels, FindingDigest.All(package));
        Labels(console, "Phenotypes", about.PhenotypesNote, package.Phenotypes, allLabels);
        Labels(console, "Five-year risks", about.RisksNote, package.Risks, allLabels);
        return ExitCode.Done;
    }

    private static void Labels(IAnsiConsole console, string title, string? note, IReadOnlyList<ScoreLabel> labels, bool all, IReadOnlyDictionary<string, string>? digests = null)
    {
        if (labels.Count == 0) return;
        console.WriteLine();
        console.WriteLine($"{title} ({labels.Count}){(string.IsNullOrEmpty(note) ? "" : $": {note}")}");
        foreach (var label in labels.Take(all ? labels.Count : Listed))
            console.WriteLine($"  {label.Key,-16} {label.Label} ({label.Code.Scheme} {label.Code.Value}){(label.Held is null ? "" : $"; held back: {label.Held}")}{(digests is null ? "" : $", \"approvedFor\": \"{digests[label.Key]}\"")}");
        if (!all && labels.Count > Listed) console.WriteLine($"  and {labels.Count - Listed} more: --labels");
        if (all) return;
        foreach (var held in labels.Skip(Listed).Where(label => label.Held is not null)) console.WriteLine($"  {held.Key,-16} held back: {held.Held}");
    }

    private static string Needs(PackageNeeds needs) => string.Create(CultureInfo.InvariantCulture,
        $"{needs.Modality} of the {needs.BodyPart}, at least {needs.MinimumCoverageMm} mm of it in slices of at most {needs.MaximumSpacingMm} mm, of a patient of {needs.MinimumAgeYears} years or more");

    private static string Reads(ModelPackage package)
    {
        var input = package.Input;
        return string.Create(CultureInfo.InvariantCulture,
            $"{input.Size.X} x {input.Size.Y} x {input.Size.Z} voxels of {input.SpacingMm.X} x {input.SpacingMm.Y} x {input.SpacingMm.Z} mm, axes {input.Axes}, {input.HuMin} to {input.HuMax} HU as {input.OutMin} to {input.OutMax}");
    }

    private static string Size(long? bytes) => bytes switch
    {
        null => "size unknown",
        < 1 << 20 => string.Create(CultureInfo.InvariantCulture, $"{bytes / 1024d:0.0} KB"),
        _ => string.Create(CultureInfo.InvariantCulture, $"{bytes / (1024d * 1024):0.0} MB"),
    };
}
