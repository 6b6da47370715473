using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using TriageWorker.Imaging.Tensors;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Sessions;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Packages;

public sealed class ModelPackageTests
{
    [Fact]
    public void The_shipped_package_is_plainly_a_demonstration()
    {
        var package = ModelPackage.Load(PackageCopy.Shipped);
        package.Demonstration.ShouldBeTrue();
        package.Id.ShouldBe("phantom");
        package.Needs.ShouldBe(new PackageNeeds("CT", "abdomen", MinimumCoverageMm: 40, MinimumAgeYears: 18));
        package.Warnings.ShouldContain(warning => warning.Contains("meaningless for patients", StringComparison.Ordinal));
    }

    [Fact]
    public void A_package_may_say_how_far_apart_slices_may_stand()
    {
        double Allowed(JsonNode? mm)
        {
            using var copy = new PackageCopy().Edit(manifest => manifest["intendedUse"]!["maximumSpacingMm"] = mm);
            return ModelPackage.Load(copy.Folder).Needs.MaximumSpacingMm;
        }

        Allowed(null).ShouldBe(10);
        Allowed(4.5).ShouldBe(4.5);
        Should.Throw<ModelPackageException>(() => Allowed(0)).Faults.ShouldBe(["intendedUse.maximumSpacingMm: must be above 0 mm."]);
    }

    [Fact]
    public void Numbers_that_no_tensor_has_and_words_that_a_terminal_would_act_on_are_faults()
    {
        using var copy = new PackageCopy().Edit(manifest =>
        {
            manifest["title"] = "Mer\u001b[31mlin";
            manifest["input"]!["spacingToleranceMm"] = -1;
            manifest["input"]!["padValue"] = 1e308;
            manifest["intendedUse"]!["warnings"] = new JsonArray("one", null);
        });
        FaultsOf(copy).ShouldBe(
        [
            "input: the spacing's tolerance must be 0 to 10 mm.", "input: what is around the image must be -1000000 to 1000000, as a tensor's numbers are.",
            "title: has a control character.", "intendedUse.warnings: has an element that is null.",
        ], ignoreOrder: true);
    }

    [Fact]
    public void Only_risks_may_come_after_the_decision_and_something_must_come_before_it()
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["graphs"]![0]!["deferred"] = true);
        FaultsOf(copy).ShouldBe(["graphs[0].deferred: would have Embedding come after the decision; only Risks may.", "graphs: are all deferred, so nothing would be there to decide on."]);
        using var tiny = new TemporaryFolder();
        ModelPackage.Load(TinyPackage.Write(tiny.At("later"), threshold: 0, deferredRisks: true)).HasDeferred.ShouldBeTrue();
        ModelPackage.Load(TinyPackage.Write(tiny.At("none"), threshold: 0)).HasDeferred.ShouldBeFalse();
    }

    [Fact]
    public void The_shipped_package_scores_the_findings_phenotypes_and_risks_it_says()
    {
        var package = ModelPackage.Load(PackageCopy.Shipped);
        package.Findings.Select(finding => finding.Label.Key).ShouldBe(["FREE_AIR", "ASCITES", "PLEURAL_EFF", "SPLENOMEGALY"]);
        package.Phenotypes.Select(label => label.Key).ShouldBe(["LOW_LIVER_DENS", "AORTIC_CALCIUM", "LOW_BONE_DENS", "WIDE_BODY"]);
        package.Risks.Select(label => label.Key).ShouldBe(["R5_CVD", "R5_IHD", "R5_HTN", "R5_DM", "R5_CKD", "R5_CLD"]);
    }

    [Fact]
    public void Every_finding_direction_is_a_difference_of_means_of_unit_vectors()
    {
        foreach (var finding in ModelPackage.Load(PackageCopy.Shipped).Findings)
        {
            var length = Math.Sqrt(finding.Direction.ToArray().Sum(value => (double)value * value));
            length.ShouldBeInRange(0.1, 2);
        }
    }

    [Fact]
    public void A_folder_without_a_manifest_is_no_package() =>
        Should.Throw<ModelPackageException>(() => ModelPackage.Load(Path.GetTempPath())).Faults.ShouldBe(["manifest.json: is not there."]);

    [Fact]
    public void A_manifest_that_is_no_JSON_is_a_fault_and_not_a_crash()
    {
        using var copy = new PackageCopy();
        File.WriteAllText(copy.PathOf("manifest.json"), "{ \"schema\": 1, ");
        FaultsOf(copy).Single().ShouldStartWith("manifest.json: ");
    }

    [Fact]
    public void Another_schema_is_refused_before_anything_is_believed()
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["schema"] = 2);
        FaultsOf(copy).ShouldBe(["schema: is 2; this version reads 1."]);
    }

    [Fact]
    public void All_faults_are_named_at_once_each_with_its_key()
    {
        using var copy = new PackageCopy().Edit(manifest =>
        {
            manifest.Remove("title");
            manifest.Remove("demonstration");
            manifest["input"]!["spacingMm"] = new JsonArray(6, 6);
            manifest["intendedUse"]!["minimumCoverageMm"] = -1;
            manifest["findings"]!["labels"]![1]!["key"] = "FREE_AIR";
            manifest["findings"]!["labels"]![2]!["negative"]!["count"] = 1000;
            manifest["risks"]!["labels"]![0]!["code"]!.AsObject().Remove("scheme");
            manifest["phenotypes"]!["labels"]![3]!["key"] = "A_KEY_THAT_NO_SH_HOLDS";
        });
        var faults = FaultsOf(copy);
        foreach (var key in (string[])
        [
            "title:", "demonstration:", "input.spacingMm:", "intendedUse.minimumCoverageMm:", "findings.labels[1].key:",
            "findings.labels[2].negative:", "risks.labels[0].code.scheme:", "phenotypes.labels[3].key:",
        ])
            faults.ShouldContain(fault => fault.StartsWith(key, StringComparison.Ordinal), key);
        faults.Count.ShouldBe(8);
    }

    [Fact]
    public void A_manifest_may_ask_for_another_interpolation_and_for_stretching()
    {
        using var copy = new PackageCopy().Edit(manifest =>
        {
            var input = manifest["input"]!.AsObject();
            input.Remove("spacingMm");
            (input["fit"], input["interpolation"], input["axes"]) = ("resize", "nearest", "SPL");
        });

        var spec = ModelPackage.Load(copy.Folder).Input;

        (spec.Fit, spec.Interpolation, spec.Axes).ShouldBe((TensorFit.Resize, Interpolation.Nearest, "SPL"));
    }

    [Theory]
    [InlineData("fit", "resize", "input.spacingMm: has no meaning where \"fit\" is \"resize\"; take one of them out.")]
    [InlineData("fit", "squeeze", "input.fit: ")]
    [InlineData("interpolation", "cubic", "input.interpolation: ")]
    public void What_cannot_be_asked_for_is_a_fault(string key, string value, string fault)
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["input"]![key] = value);
        FaultsOf(copy).Single().ShouldContain(fault);
    }

    [Theory, InlineData(-1), InlineData(60_001)]
    public void A_latency_that_no_study_would_wait_for_is_a_fault(double milliseconds)
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["latencyMs"] = milliseconds);
        FaultsOf(copy).ShouldBe(["latencyMs: must be 0 to 60000 ms."]);
    }

    [Fact]
    public void Only_a_demonstration_may_be_slow_on_purpose()
    {
        using var copy = new PackageCopy().Edit(manifest => (manifest["latencyMs"], manifest["demonstration"]) = (500, false));
        FaultsOf(copy).Single().ShouldStartWith("latencyMs: slows down every study");
    }

    [Theory, InlineData("demonstation"), InlineData("treshold")]
    public void A_key_that_nobody_knows_is_a_fault(string key)
    {
        using var copy = new PackageCopy().Edit(manifest => manifest[key] = true);
        FaultsOf(copy).Single().ShouldContain(key);
    }

    [Theory, InlineData("phantom.onnx", "graphs[0].file:"), InlineData("findings.npy", "findings.bank:"), InlineData("golden.json", "golden.file:")]
    public void One_changed_byte_in_a_file_is_found(string file, string key)
    {
        using var copy = new PackageCopy();
        var bytes = File.ReadAllBytes(copy.PathOf(file));
        bytes[^2] ^= 1;
        File.WriteAllBytes(copy.PathOf(file), bytes);
        FaultsOf(copy).Single().ShouldStartWith(key);
    }

    [Theory, InlineData("../outside.onnx"), InlineData("/etc/hostname"), InlineData("absent.onnx")]
    public void A_file_outside_the_package_or_not_there_is_refused(string name)
    {
        using var copy = new PackageCopy().Edit(manifest => manifest["graphs"]![0]!["file"] = name);
        FaultsOf(copy).Single().ShouldStartWith("graphs[0].file:");
    }

    [Fact]
    public void Labels_without_an_output_that_feeds_them_are_a_fault()
    {
        using var copy = new PackageCopy().Edit(manifest =>
        {
            var outputs = manifest["graphs"]![0]!["outputs"]!.AsArray();
            outputs.Remove(outputs.Single(output => (string?)output!["kind"] == "risks"));
        });
        FaultsOf(copy).ShouldBe(["graphs: make no Risks output, which risks needs."]);
    }

    [Theory, InlineData("graphs"), InlineData("findings.labels"), InlineData("phenotypes.labels"), InlineData("risks.labels")]
    public void A_list_with_a_null_in_it_is_a_fault_and_not_a_crash(string path)
    {
        using var copy = new PackageCopy().Edit(manifest => path.Split('.').Aggregate((JsonNode)manifest, (node, key) => node[key]!).AsArray().Insert(0, null));
        FaultsOf(copy).ShouldContain($"{path}: has an element that is null.");
    }

    [Fact]
    public void A_golden_test_that_leaves_an_output_out_is_refused()
    {
        using var copy = WithGolden(golden => golden["outputs"]!.AsObject().Remove("risks").ShouldBeTrue());
        FaultsOf(copy).ShouldBe(["golden.file: golden.json expects nothing of Risks."]);
    }

    [Theory, InlineData("outputs"), InlineData("tolerance")]
    public void A_golden_test_with_a_null_in_it_is_a_fault_and_not_a_crash(string key)
    {
        using var copy = WithGolden(golden => golden[key] = null);
        FaultsOf(copy).Single().ShouldStartWith("golden.file: golden.json cannot be read: ");
    }

    [Fact]
    public void A_golden_test_that_expects_a_null_of_the_map_does_not_pass()
    {
        using var copy = WithGolden(golden => golden["outputs"]!["featureMap"] = null);
        Should.Throw<ModelPackageException>(() => ScoringModel.Open(ModelPackage.Load(copy.Folder), new ScoringOptions { Provider = ExecutionProvider.Cpu }, NullLogger<ScoringModel>.Instance))
            .Faults.Single().ShouldStartWith("golden test: FeatureMap deviates by ");
    }

    [Fact]
    public void A_number_that_stands_for_a_word_is_a_fault()
    {
        using var activation = new PackageCopy().Edit(manifest => manifest["graphs"]![0]!["outputs"]![2]!["activation"] = -1);
        FaultsOf(activation).Single().ShouldStartWith("graphs[0].outputs[2].activation: ");
        using var interpolation = new PackageCopy().Edit(manifest => manifest["input"]!["interpolation"] = 7);
        FaultsOf(interpolation).Single().ShouldStartWith("input.interpolation: ");
    }

    [Fact]
    public void A_key_that_stands_twice_is_a_fault()
    {
        using var copy = new PackageCopy();
        File.WriteAllText(copy.PathOf("manifest.json"), File.ReadAllText(copy.PathOf("manifest.json")).Replace("\"demonstration\": true", "\"demonstration\": true, \"demonstration\": false", StringComparison.Ordinal));
        FaultsOf(copy).Single().ShouldContain("demonstration");
    }

    private static PackageCopy WithGolden(Action<JsonNode> edit)
    {
        var copy = new PackageCopy();
        var golden = JsonNode.Parse(File.ReadAllText(copy.PathOf("golden.json")))!;
        edit(golden);
        File.WriteAllText(copy.PathOf("golden.json"), golden.ToJsonString());
        return copy.Edit(manifest => manifest["golden"]!["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(File.ReadAllBytes(copy.PathOf("golden.json")))));
    }

    [Fact]
    public void A_bank_whose_vectors_are_no_unit_vectors_is_refused()
    {
        using var copy = new PackageCopy();
        var bytes = File.ReadAllBytes(copy.PathOf("findings.npy"));
        BitConverter.TryWriteBytes(bytes.AsSpan(^4), 3f).ShouldBeTrue();
        File.WriteAllBytes(copy.PathOf("findings.npy"), bytes);
        copy.Edit(manifest => manifest["findings"]!["sha256"] = Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(bytes)));
        FaultsOf(copy).Single().ShouldContain("is no unit vector");
    }

    [Fact]
    public void The_digest_changes_with_the_manifest_and_not_with_the_policy()
    {
        using var copy = new PackageCopy();
        var before = ModelPackage.Load(copy.Folder).Digest;
        File.AppendAllText(copy.PathOf("policy.json"), "\n");
        ModelPackage.Load(copy.Folder).Digest.ShouldBe(before);
        copy.Edit(manifest => manifest["title"] = "Another");
        ModelPackage.Load(copy.Folder).Digest.ShouldNotBe(before);
    }

    private static IReadOnlyList<string> FaultsOf(PackageCopy copy) => Should.Throw<ModelPackageException>(() => ModelPackage.Load(copy.Folder)).Faults;
}
