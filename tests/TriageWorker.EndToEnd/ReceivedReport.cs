using System.Globalization;
using System.Text.Json.Nodes;
using System.Text.RegularExpressions;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.EndToEnd;

/// <summary>A report as a PACS has it, read by other people's tools and held against what the product's page says of the study.</summary>
internal sealed partial class ReceivedReport
{
    /// <summary>Delivery:UnconfirmedRisks: its published label is disputed, so it leaves on no channel.</summary>
    private const string Disputed = "R5_CLD";

    private readonly string _tree;
    private readonly string[] _groups;

    private ReceivedReport(string tree) => (_tree, _groups) = (tree, tree.Split("\"Measurement Group\""));

    /// <param name="image">An image of the study: patient and study are copied from it as they are, so what is wrong with them is not ours.</param>
    public static async Task<ReceivedReport> ReadAsync(byte[] file, string image, TemporaryFolder folder)
    {
        var path = folder.At($"{Guid.NewGuid():N}.dcm");
        await File.WriteAllBytesAsync(path, file);
        (await ErrorsInAsync(path)).Except(await ErrorsInAsync(image)).ShouldBeEmpty();
        return new ReceivedReport((await ExternalTool.RunAsync("dsrdump", "+Pc", "+Pl", path)).Expect().Output);
    }

    /// <summary>Every score of the page stands in the tree, with the priority, the rule behind it, and what it may be used for.</summary>
    public void ShouldSay(JsonNode study)
    {
        _tree.ShouldStartWith("Comprehensive 3D SR Document", Case.Sensitive);
        _tree.ShouldMatch("(?m)^Verification Flag +: UNVERIFIED$");
        var scores = study["scores"]!;
        foreach (var finding in scores["findings"]!.AsArray().Where(finding => finding!["threshold"] is not null))
            ShouldMeasure((string)finding!["label"]!, "ZS_SCORE,99TRIAGE,\"Zero-shot score (uncalibrated)\"", finding);
        foreach (var phenotype in scores["phenotypes"]!.AsArray())
            ShouldMeasure((string)phenotype!["label"]!, "PHENO_SCORE,99TRIAGE,\"Phenotype score (AI, not a diagnosis)\"", phenotype);
        foreach (var risk in scores["risks"]!.AsArray().Where(risk => (string)risk!["key"]! != Disputed))
            ShouldMeasure($"5-year risk: {risk!["label"]}", "RISK_5Y,99TRIAGE,\"Five-year risk (AI, not a diagnosis)\"", risk);

        _tree.ShouldContain($"(TRIAGE_PRIORITY,99TRIAGE,\"AI triage priority\")={PriorityOf((string)study["entry"]!["level"]!)}", Case.Sensitive);
        var provenance = study["provenance"]!;
        Rule().Match(_tree).Groups["rule"].Value.ShouldEndWith($"(policy {provenance["policyId"]} {provenance["policyVersion"]})", Case.Sensitive);
        _tree.ShouldContain($"(USE_LIMITATION,99TRIAGE,\"Use limitation\")=\"{Sentences.UseLimitation}\"", Case.Sensitive);
        _tree.ShouldContain(Sentences.Demonstration, Case.Sensitive);
    }

    private void ShouldMeasure(string label, string what, JsonNode scored)
    {
        var group = _groups.Where(group => group.Contains($"\"Tracking Identifier\")=\"{label}\"", StringComparison.Ordinal)).ShouldHaveSingleItem($"{label} in\n{_tree}");
        group.ShouldContain($"({what})=\"{((double)scored["score"]!).ToString("0.0000", CultureInfo.InvariantCulture)}\"", Case.Sensitive);
    }

    private static string PriorityOf(string level) => level switch
    {
        "High" => "(PRIO_HIGH,99TRIAGE,\"High\")",
        "Medium" => "(PRIO_MEDIUM,99TRIAGE,\"Medium\")",
        _ => "(PRIO_NONE,99TRIAGE,\"No flag: standard care\")",
    };

    private static async Task<IEnumerable<string>> ErrorsInAsync(string path) =>
        (await ExternalTool.RunAsync("dciodvfy", path)).Output.Split('\n').Where(line => line.StartsWith("Error", StringComparison.Ordinal));

    [GeneratedRegex("\\(TRIAGE_RULE,99TRIAGE,\"AI triage rule\"\\)=\"(?<rule>[^\"]+)\"")]
    private static partial Regex Rule();
}
