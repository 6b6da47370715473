using TriageWorker.Testing;

namespace TriageWorker.Host.Tests.Verbs;

public sealed class ImportMerlinVerbTests : IDisposable
{
    private readonly TemporaryFolder _folder = new();

    public void Dispose() => _folder.Dispose();

    [Fact]
    public async Task One_command_makes_a_package_of_the_published_files_and_it_computes_what_it_must()
    {
        Assert.SkipUnless(Shared.IsPresent, Shared.Reason);
        var said = (await TriageProgram.RunAsync([
            "models", "import", "merlin", "--checkpoint", Shared.At("merlin", "tiny", "default.pt"), "--five-year", Shared.At("merlin", "tiny", "five_year.pt"),
            "--phenotypes", Shared.At("merlin", "phenotypes.csv"), "--licence", "for tests", "--out", _folder.At("packages", "merlin")])).Expect().Output;
        foreach (var step in (string[])["reading default.pt …", "reading five_year.pt …", "writing image.onnx …", "writing five_year.onnx …", "computing the self-test", "running the package's own test"])
            said.ShouldContain(step);
        var words = string.Join(' ', said.Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries)); // lines are broken where the terminal ends
        words.ShouldContain("0 findings, 1692 phenotypes, 5 risks, no sentences. It passed its own test here.");
        words.ShouldContain("Osteoporosis (disputed) is held back.");
        (await TriageProgram.RunAsync(["models", "verify", "--folder", _folder.At("packages")])).Expect();
    }

    [Fact]
    public async Task What_is_no_checkpoint_is_refused_in_a_sentence_and_nothing_is_left()
    {
        await File.WriteAllTextAsync(_folder.At("page.pt"), "<!DOCTYPE html>");
        var refused = await TriageProgram.RunAsync(["models", "import", "merlin", "--checkpoint", _folder.At("page.pt"), "--licence", "none", "--out", _folder.At("merlin")]);
        refused.ExitCode.ShouldBe(2);
        refused.Output.ShouldContain("The checkpoint page.pt cannot be used");
        refused.Output.ShouldNotContain("   at ");
        Directory.GetDirectories(_folder.Path).ShouldBeEmpty();
    }

    [Theory, InlineData("--precision", "16"), InlineData("--sixth-risk", "6")]
    public async Task A_number_where_a_word_is_wanted_is_refused_and_nothing_is_made(string option, string number)
    {
        var refused = await TriageProgram.RunAsync(["models", "import", "merlin", "--checkpoint", _folder.At("absent.pt"), "--licence", "none", "--out", _folder.At("merlin"), option, number]);
        refused.ExitCode.ShouldBe(1);
        refused.Output.ShouldContain($"{option} must be ");
        refused.Output.ShouldContain($"and not {number}.");
    }
}
