using System.Security.Cryptography;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Models.Golden;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Models.Tests.Packages;

namespace TriageWorker.Models.Tests.Golden;

public sealed class GoldenTestTests
{
    [Fact]
    public void The_made_up_input_is_the_one_that_the_training_script_makes()
    {
        // python3 -c "from golden import golden_input as g; v = g(20, (9, 10, 17)); print(v[0,0,0], v[8,0,0], v[8,9,16])"
        var values = GoldenInput.Make(20, 9, 10, 17);
        values[0].ShouldBe(0.21146160364151f);
        values[8 * 10 * 17].ShouldBe(0.8271898627281189f);
        values[^1].ShouldBe(0.7748454809188843f);
    }

    [Fact]
    public void The_shipped_package_passes_its_golden_test_with_room_to_spare()
    {
        using var model = Open(PackageCopy.Shipped);
        foreach (var check in model.CheckGolden()) check.Deviation.ShouldBeLessThan(check.Tolerance / 2, check.Output.ToString());
        model.CheckGolden().Select(check => check.Output).ShouldBe(
            [OutputKind.Embedding, OutputKind.Contrastive, OutputKind.Phenotypes, OutputKind.Risks], ignoreOrder: true);
    }

    [Fact]
    public void A_graph_that_computes_something_else_does_not_load()
    {
        using var copy = new PackageCopy();
        var golden = JsonNode.Parse(File.ReadAllText(copy.PathOf("golden.json")))!;
        golden["outputs"]!["risks"]![0] = (float)golden["outputs"]!["risks"]![0]! + 0.01f;
        Replace(copy, golden);
        var faults = Should.Throw<ModelPackageException>(() => Open(copy.Folder)).Faults;
        faults.Single().ShouldStartWith("golden test: Risks deviates");
    }

    [Fact]
    public void An_output_of_another_length_does_not_pass()
    {
        using var copy = new PackageCopy();
        var golden = JsonNode.Parse(File.ReadAllText(copy.PathOf("golden.json")))!;
        golden["outputs"]!["risks"]!.AsArray().RemoveAt(0);
        Replace(copy, golden);
        Should.Throw<ModelPackageException>(() => Open(copy.Folder));
    }

    private static void Replace(PackageCopy copy, JsonNode golden)
    {
        File.WriteAllText(copy.PathOf("golden.json"), golden.ToJsonString());
        copy.Edit(manifest => manifest["golden"]!["sha256"] = Convert.ToHexStringLower(SHA256.HashData(File.ReadAllBytes(copy.PathOf("golden.json")))));
    }

    private static ScoringModel Open(string folder) =>
        ScoringModel.Open(ModelPackage.Load(folder), new ScoringOptions(), NullLogger<ScoringModel>.Instance);
}
