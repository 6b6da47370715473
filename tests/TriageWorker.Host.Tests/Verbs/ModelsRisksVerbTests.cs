using System.Text.Json.Nodes;
using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

/// <summary><c>triage models risks</c> as it is typed.</summary>
public sealed class ModelsRisksVerbTests(PostgresServer server) : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task A_disputed_risk_is_held_back_until_it_is_confirmed_and_a_package_with_faults_hides_no_other()
    {
        var config = _folder.At("triage.json");
        await File.WriteAllTextAsync(config, new JsonObject { ["Database"] = new JsonObject { ["ConnectionString"] = await server.CreateDatabaseAsync() } }.ToJsonString(), TestContext.Current.CancellationToken);
        Dispute(TinyPackage.Write(_folder.At("packages", "one"), threshold: 0, deferredRisks: true));
        await File.WriteAllTextAsync(Path.Combine(TinyPackage.Write(_folder.At("packages", "other"), threshold: 0, id: "other"), "tiny.onnx"), "no graph", TestContext.Current.CancellationToken);

        var held = await RisksAsync(1);
        held.ShouldContain("tiny 1.0.0 R5_A");
        held.ShouldContain("held back: nobody has confirmed what it is about");
        held.ShouldContain("The model package in");
        held.ShouldContain("graphs[0].file");

        (await RisksAsync(0, "confirm", "--package", "one", "--as", "osteoporosis")).ShouldContain("The audit ledger has it.");
        (await RisksAsync(1)).ShouldContain("told as osteoporosis, confirmed by");

        async Task<string> RisksAsync(int exitCode, params string[] more) =>
            string.Join(' ', (await TriageProgram.RunAsync(["models", "risks", .. more, "--folder", _folder.At("packages"), "--config", config])).Expect(exitCode).Output.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
    }

    private static void Dispute(string package)
    {
        var path = Path.Combine(package, "manifest.json");
        var manifest = JsonNode.Parse(File.ReadAllText(path))!;
        manifest["risks"]!["labels"]![0]!["held"] = "Its publishers disagree.";
        File.WriteAllText(path, manifest.ToJsonString());
    }
}
