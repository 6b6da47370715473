using System.Text.RegularExpressions;

namespace TriageWorker.Architecture.Tests;

public sealed partial class NameTests
{
    [Fact]
    public void No_type_is_named_after_the_lack_of_an_idea() =>
        Rooms.Sources(Checkout.At("src")).Concat(Rooms.Sources(Checkout.At("tests")))
            .SelectMany(file => TypeName().Matches(File.ReadAllText(file)).Select(match => match.Groups["name"].Value))
            .Where(name => Vague().IsMatch(name))
            .ShouldBeEmpty("Manager, Helper, Utils, Impl and Base mean that the idea is not found yet.");

    [Fact]
    public void No_file_is_named_after_the_lack_of_an_idea() =>
        Rooms.Sources(Checkout.At("src")).Select(file => Path.GetFileName(file).Split('.')[0]).Where(name => Vague().IsMatch(name)).ShouldBeEmpty();

    [Theory]
    [InlineData("StudyManager"), InlineData("DicomUtils"), InlineData("ReaderImpl"), InlineData("TestBase"), InlineData("ParseHelper"), InlineData("Helpers")]
    public void The_rule_knows_a_vague_name(string name) => Vague().IsMatch(name).ShouldBeTrue();

    [Theory]
    [InlineData("Database"), InlineData("BaseKey"), InlineData("Implicit"), InlineData("Association")]
    public void The_rule_leaves_a_good_name(string name) => Vague().IsMatch(name).ShouldBeFalse();

    [GeneratedRegex(@"^\s*(?:(?:public|internal|private|protected|sealed|static|abstract|partial|readonly|ref|file|unsafe)\s+)*(?:class|record(?:\s+struct|\s+class)?|struct|interface|enum)\s+(?<name>\w+)", RegexOptions.Multiline)]
    private static partial Regex TypeName();

    [GeneratedRegex("(Manager|Helpers?|Utils?|Utility|Impl|(?<!Data|data)Base)$")]
    private static partial Regex Vague();
}
