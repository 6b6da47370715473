using TriageWorker.Host.Prompts;
using TriageWorker.Models.Packages;
using TriageWorker.Models.Prompts;
using TriageWorker.Testing;
using TriageWorker.Triage;

namespace TriageWorker.Host.Tests.Verbs;

public sealed class PromptsVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task The_products_own_sentences_are_shown_with_what_they_propose()
    {
        var said = (await TriageProgram.RunAsync("models", "prompts", "show")).Expect().Output;
        foreach (var part in (string[])["FREE_AIR", "HIGH", "HYDRONEPHROSIS", "MEDIUM", "RENAL_CYST", "A proposal raises nothing"]) said.ShouldContain(part);
        var one = (await TriageProgram.RunAsync("models", "prompts", "show", "--finding", "FREE_AIR")).Expect().Output;
        one.ShouldContain("no pneumoperitoneum");
        one.ShouldContain("83670000 SCT \"Peritoneal cavity\"");
        Refused(await TriageProgram.RunAsync("models", "prompts", "show", "--finding", "FREE_WATER")).ShouldContain("has no finding FREE_WATER; it has SUBMUCOSAL_EDEMA");
    }

    [Fact]
    public async Task Everything_that_is_wrong_with_a_bank_is_said()
    {
        var bank = Put("bank.json", """{ "schema": 1, "id": "a", "findings": [ { "key": "gap", "label": "Gap", "positive": [], "negative": ["no gap"] } ] }""");
        var said = Refused(await TriageProgram.RunAsync("models", "prompts", "show", "--bank", bank));
        foreach (var fault in (string[])["version: is missing.", "language: is missing.", "findings[0].code: is missing.", "findings[0].key: gap may have", "findings[0].positive: is missing or empty."]) said.ShouldContain(fault);
    }

    [Fact]
    public async Task Python_is_never_run_and_what_is_taken_instead_is_said()
    {
        var proof = _folder.At("ran");
        var bank = Put("zero_shot_prompts.py", $"open('{proof}', 'w')\n");
        Refused(await TriageProgram.RunAsync("models", "prompts", "show", "--bank", bank)).ShouldContain("Python is never run here");
        File.Exists(proof).ShouldBeFalse();
        var plain = Put("plain.json", """{ "free_air": [["gas out"], ["gas in"]] }""");
        (await TriageProgram.RunAsync("models", "prompts", "show", "--bank", plain)).Expect().Output.ShouldContain("FREE_AIR");
    }

    [Fact]
    public async Task A_package_without_sentences_says_so()
    {
        var phantom = Repository.At("onnx", "phantom");
        Refused(await TriageProgram.RunAsync("models", "prompts", "show", "--package", phantom)).ShouldContain("Package phantom 0.3.1 has no sentences: its label vectors were made of something else.");
        Refused(await TriageProgram.RunAsync("models", "prompts", "build", "--package", phantom, "--bank", Shipped, "--out", _folder.At("out"))).ShouldContain("--tokenizer");
        Directory.GetFileSystemEntries(_folder.Path).ShouldBeEmpty();
        Refused(await TriageProgram.RunAsync("models", "import", "merlin", "--checkpoint", Shipped, "--licence", "none", "--prompts", Shipped, "--out", _folder.At("out"))).ShouldContain("--prompts needs --tokenizer");
    }

    [Fact]
    public void What_other_sentences_change_is_told_by_finding()
    {
        var package = ModelPackage.Load(Repository.At("onnx", "phantom"));
        var bank = PromptBank.Parse(File.ReadAllBytes(Shipped), "merlin.json");
        var changes = BankChanges.Between(package, bank with { Findings = [.. bank.Findings.Where(finding => finding.Label.Key is "ASCITES" or "AAA")] });
        changes.Added.ShouldBe(["AAA"]);
        changes.Changed.ShouldBe(["ASCITES"]);
        changes.Removed.ShouldBe(["FREE_AIR", "PLEURAL_EFF", "SPLENOMEGALY"]);
        changes.Sentence.ShouldBe("new: AAA; other sentences: ASCITES; gone: FREE_AIR, PLEURAL_EFF, SPLENOMEGALY");
        changes.ToApproveAgain(new Policy("p", "1", "phantom", [new("AAA", FlagLevel.High, 0, 0), new("FREE_AIR", FlagLevel.High, 0, 0), new("ASCITES", FlagLevel.Medium, 0, 0)], "")).ShouldBe(["FREE_AIR", "ASCITES"]);
    }

    [Fact]
    public void Of_any_number_of_studies_the_heaviest_few_are_kept()
    {
        var list = new StudyList(3);
        foreach (var weight in Enumerable.Range(0, 1000).Select(n => n * 37 % 1000)) list.Add(new TriedStudy(new StudyUid($"1.2.{weight}"), default), weight);
        list.Studies.Select(study => study.Study.Value).ShouldBe(["1.2.999", "1.2.998", "1.2.997"]);
        var none = new StudyList(0);
        none.Add(new TriedStudy(new StudyUid("1.2"), default), 1);
        none.Studies.ShouldBeEmpty();
    }

    private static string Shipped => Repository.At("onnx", "prompts", "merlin.json");

    private string Put(string name, string content)
    {
        File.WriteAllText(_folder.At(name), content);
        return _folder.At(name);
    }

    private static string Refused(ToolResult result)
    {
        result.ExitCode.ShouldBe(2, result.Output);
        result.Output.ShouldNotContain("   at ");
        return result.Output;
    }
}
