using TriageWorker.Models.Prompts;
using TriageWorker.Models.Sentences;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Prompts;

/// <summary>The product's own sentences for Merlin.</summary>
public sealed class ShippedBankTests
{
    private static PromptBank Shipped { get; } = PromptBank.Parse(File.ReadAllBytes(Repository.At("onnx", "prompts", "merlin.json")), "merlin.json");

    [Fact]
    public void It_has_the_thirty_published_findings() =>
        Shipped.Findings.Select(finding => finding.Name).ShouldBe(
        [
            "submucosal_edema", "renal_hypodensities", "aortic_valve_calcification", "coronary_calcification", "thrombosis", "metastatic_disease", "pancreatic_atrophy",
            "renal_cyst", "osteopenia", "surgically_absent_gallbladder", "atelectasis", "abdominal_aortic_aneurysm", "anasarca", "hiatal_hernia", "lymphadenopathy",
            "prostatomegaly", "biliary_ductal_dilation", "cardiomegaly", "splenomegaly", "hepatomegaly", "atherosclerosis", "ascites", "pleural_effusion",
            "hepatic_steatosis", "appendicitis", "gallstones", "hydronephrosis", "bowel_obstruction", "free_air", "fracture",
        ]);

    [Fact]
    public void Every_finding_has_enough_sentences_on_both_sides() =>
        Shipped.Findings.ShouldAllBe(finding => finding.Positive.Count >= 5 && finding.Negative.Count >= 3);

    /// <summary>Otherwise what a person reads in the file is not what the text encoder is shown.</summary>
    [Fact]
    public void Every_sentence_stands_as_the_sanitiser_would_write_it() =>
        Shipped.Sentences.ShouldAllBe(sentence => TextModel.Sanitise(sentence) == sentence);

    [Fact]
    public void Only_the_urgent_findings_are_proposed_for_a_flag_and_no_threshold_is()
    {
        Keys(ProposedLevel.High).ShouldBe(["THROMBOSIS", "AAA", "APPENDICITIS", "BOWEL_OBSTR", "FREE_AIR"]);
        Keys(ProposedLevel.Medium).ShouldBe(["BILIARY_DILATION", "HYDRONEPHROSIS"]);
        Shipped.Findings.ShouldAllBe(finding => finding.Threshold == null);
    }

    /// <summary>So that policies, pages and reports speak of one finding whichever package scored it.</summary>
    [Fact]
    public void Findings_that_the_demonstration_model_has_too_have_its_keys_and_codes()
    {
        var phantom = Models.Packages.ModelPackage.Load(Repository.At("onnx", "phantom")).Findings;
        foreach (var finding in phantom) Shipped.Findings.Select(each => each.Label).ShouldContain(finding.Label);
    }

    private static IEnumerable<string> Keys(ProposedLevel level) => Shipped.Findings.Where(finding => finding.Level == level).Select(finding => finding.Label.Key);
}
