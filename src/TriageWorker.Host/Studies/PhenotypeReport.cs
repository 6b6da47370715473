using System.Globalization;
using System.Text.Json.Serialization;
using Spectre.Console;
using TriageWorker.Store;
using TriageWorker.Triage;

namespace TriageWorker.Host.Studies;

/// <summary>The phenotypes of a study as one package scored them last, the strongest first.</summary>
/// <param name="IsSilent">No finding of the package is in use here: its scores are for the administrator alone.</param>
public sealed record PackagePhenotypes(PackageIdentity Package, bool IsSilent, IReadOnlyList<PhenotypeScore> Phenotypes);

/// <summary>What <c>triage study UID --phenotypes</c> says.</summary>
public sealed record PhenotypeReport(string StudyUid, IReadOnlyList<PackagePhenotypes> Packages)
{
    public const string Warning = "Not calibrated, and no findings in the image: each says how much this study looks like one of an encounter that carried the code.";

    public static PhenotypeReport Of(StudyPage page, int top) => new(page.Study.Uid.Value,
    [
        .. from result in page.Results
           group result by result.Scores.Package.Id into ofPackage
           let newest = ofPackage.Last()
           where newest.Scores.Phenotypes.Count > 0
           select new PackagePhenotypes(newest.Scores.Package, page.Decisions.LastOrDefault(decision => decision.Generation == newest.Generation)?.Approved.Count is null or 0,
               [.. newest.Scores.Phenotypes.OrderByDescending(phenotype => phenotype.Score).ThenBy(phenotype => phenotype.Key, StringComparer.Ordinal).Take(top)]),
    ]);

    public void Print(IAnsiConsole console)
    {
        if (Packages.Count == 0) console.WriteLine($"No phenotypes of study {StudyUid} are kept: nothing was scored, or no package here gives any.");
        foreach (var package in Packages)
        {
            console.WriteLine($"{package.Package.Title} ({package.Package.Id} {package.Package.Version}){(package.IsSilent ? ", in silent mode" : "")}");
            var table = new Table().Border(TableBorder.Simple).AddColumn("score", column => column.RightAligned()).AddColumns("phenotype", "code");
            foreach (var phenotype in package.Phenotypes)
                table.AddPlainRow(phenotype.Score.ToString("0.000", CultureInfo.InvariantCulture), phenotype.Label, $"{phenotype.Code.Scheme} {phenotype.Code.Value}");
            console.Write(table);
            if (package.Package.Demonstration) console.WriteLine(Sentences.Demonstration);
        }

        console.WriteLine(Warning);
        console.WriteLine(Sentences.UseLimitation);
    }
}

[JsonSourceGenerationOptions(PropertyNamingPolicy = JsonKnownNamingPolicy.CamelCase, UseStringEnumConverter = true, NumberHandling = JsonNumberHandling.AllowNamedFloatingPointLiterals)]
[JsonSerializable(typeof(PhenotypeReport))]
internal sealed partial class PhenotypeJson : JsonSerializerContext;
