namespace TriageWorker.Phantoms.Tests;

public sealed class PhantomFindingNamesTests
{
    [Fact]
    public void Names_are_read_in_any_case_and_order()
        => PhantomFindingNames.Parse("Free-Air, ascites").ShouldBe(PhantomFindings.Ascites | PhantomFindings.FreeAir);

    [Theory, InlineData(""), InlineData("none"), InlineData(" , ")]
    public void No_name_is_no_finding(string text) => PhantomFindingNames.Parse(text).ShouldBe(PhantomFindings.None);

    [Fact]
    public void Every_finding_has_a_name_that_reads_back()
    {
        foreach (var finding in Enum.GetValues<PhantomFindings>().Where(f => f != PhantomFindings.None))
            PhantomFindingNames.Parse(PhantomFindingNames.Of(finding).ShouldHaveSingleItem()).ShouldBe(finding);
    }

    [Fact]
    public void An_unknown_name_is_refused_with_the_names_that_there_are()
    {
        PhantomFindingNames.TryParse("ascites,cough", out var findings, out var error).ShouldBeFalse();
        findings.ShouldBe(PhantomFindings.None);
        error.ShouldContain("'cough'");
        foreach (var name in PhantomFindingNames.All) error.ShouldContain(name);
        Should.Throw<FormatException>(() => PhantomFindingNames.Parse("cough")).Message.ShouldBe(ErrorOf("cough"));
    }

    private static string ErrorOf(string text)
    {
        PhantomFindingNames.TryParse(text, out _, out var error).ShouldBeFalse();
        return error;
    }
}
