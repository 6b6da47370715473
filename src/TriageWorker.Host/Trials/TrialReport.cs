using System.Diagnostics.CodeAnalysis;
using System.Globalization;
using System.Text.Json.Serialization;
using Spectre.Console;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Scoring;
using TriageWorker.Triage;

namespace TriageWorker.Host.Trials;

/// <summary>One score of a trial.</summary>
internal sealed record TrialScore(string Key, string Label, double Score);

/// <summary>A score that is computed and not told.</summary>
internal sealed record TrialHeld(string Key, string Label, string Because);

/// <summary>What a package said of what it was tried on.</summary>
/// <param name="Series">Null for a tensor from a file.</param>
/// <param name="TensorDigest">SHA-256 of what the network read.</param>
/// <param name="Seconds">Of the network alone.</param>
internal sealed record TrialReport(string Package, string Version, string PackageDigest, bool Demonstration, string Provider, string? Series, IReadOnlyList<string> Refused, string TensorDigest,
    double Seconds, IReadOnlyList<TrialScore> Findings, IReadOnlyList<TrialScore> Phenotypes, IReadOnlyList<TrialScore> Risks, IReadOnlyList<TrialHeld> Held)
{
    [SuppressMessage("Performance", "CA1822", Justification = "Serialised: only instance members stand in the JSON.")]
    public string UseLimitation => Sentences.UseLimitation;

    public static TrialReport Of(ModelPackage package, string provider, TrialInput input, ModelOutput output, TimeSpan took) => new(
        package.Id, package.Version, package.Digest, package.Demonstration, provider, input.Series, input.Refused, input.Tensor.Digest(), Math.Round(took.TotalSeconds, 3),
        Told(output.Findings), Told(output.Phenotypes), Told(output.Risks),
        [.. package.Findings.Select(finding => finding.Label).Concat(package.Phenotypes).Concat(package.Risks).Where(label => label.Held is not null).Select(label => new TrialHeld(label.Key, label.Label, label.Held!))]);

    /// <param name="top">Phenotypes that are listed.</param>
    public void Print(IAnsiConsole console, int top)
    {
        console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{Package} {Version} on {Provider}, {Seconds:0.00} s. {(Series is null ? "A tensor from a file" : $"Series {Series}")}."));
        foreach (var refused in Refused) console.WriteLine($"  not read: {refused}");
        Print(console, "Findings (difference of mean cosines)", Findings, Findings.Count, "0.0000");
        Print(console, "Phenotypes (codes of an encounter, not calibrated)", Phenotypes, top, "0.000");
        Print(console, "Five-year risks (not calibrated)", Risks, Risks.Count, "0.000");
        foreach (var held in Held) console.WriteLine($"{held.Label} is held back. {held.Because}");
        if (Demonstration) console.WriteLine(Sentences.Demonstration);
        console.WriteLine(UseLimitation);
    }

    private static void Print(IAnsiConsole console, string title, IReadOnlyList<TrialScore> scores, int top, string format)
    {
        if (scores.Count == 0) return;
        var table = new Table().Border(TableBorder.Simple).AddColumn("score", column => column.RightAligned()).AddColumns("label", "key").Title(title);
        foreach (var score in scores.Take(top))
            table.AddPlainRow(score.Score.ToString(format, CultureInfo.InvariantCulture), score.Label, score.Key);
        console.Write(table);
        if (scores.Count > top) console.WriteLine($"{scores.Count - top} more: --top {scores.Count}, or --json.");
    }

    private static List<TrialScore> Told(IReadOnlyList<LabelScore> scores) =>
        [.. scores.Where(score => score.Label.Held is null).OrderByDescending(score => score.Score).Select(score => new TrialScore(score.Label.Key, score.Label.Label, score.Score))];
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, WriteIndented = true)]
[JsonSerializable(typeof(TrialReport))]
[JsonSerializable(typeof(TrialSpeed))]
internal sealed partial class TrialJson : JsonSerializerContext;
