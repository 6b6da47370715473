using System.Globalization;
using System.Text.RegularExpressions;
using TriageWorker.Models.Sentences;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Sentences;

public sealed partial class SanitiserTests
{
    [Theory]
    [InlineData("No free fluid.", "no free fluid .")]
    [InlineData("  Liver:\tnormal\r\n", "liver : normal")]
    [InlineData("no free fluid .", "no free fluid .")]
    [InlineData("3.5cm (T1/T2)?!", "3 . 5cm ( t1 / t2 )?!")]
    [InlineData("don't x_y", "don ' t x_y")]
    [InlineData("cm² ½ Ⅷ", "cm² ½ ⅷ")]
    [InlineData("e\u0301tat", "e \u0301 tat")]
    [InlineData("İ", "i \u0307")]
    [InlineData("ΟΔΟΣ ΟΔΟΣ. Σ", "οδος οδος . σ")]
    [InlineData("𝐀lpha😀 x", "𝐀lpha 😀 x")]
    [InlineData("<s> </s>", "< s > </ s >")]
    [InlineData("", "")]
    [InlineData(" \u00a0\u3000\u001c\u0085 ", "")]
    public void A_sentence_becomes_words_and_punctuation_in_lower_case(string sentence, string expected) => Sanitiser.Apply(sentence).ShouldBe(expected);

    /// <summary>Unicode's versions differ in a few characters, which then are of another kind to begin with; those are left out.</summary>
    [Fact]
    public async Task Every_character_is_treated_as_Python_treats_it()
    {
        Assert.SkipUnless(File.Exists("/usr/bin/python3"), "Python is not here: install python3.");
        using var folder = new TemporaryFolder();
        (await ExternalTool.RunAsync("/usr/bin/python3", Repository.At("tests", "TriageWorker.Models.Tests", "Sentences", "sanitiser_reference.py"), folder.At("said"))).Expect();
        var lines = (await File.ReadAllTextAsync(folder.At("said"), TestContext.Current.CancellationToken)).Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(line => line.Split('\t')).ToList();
        lines.Count.ShouldBeGreaterThan(80_000);
        var compared = lines.Where(line => Category(Point(line)) == line[1]).ToList();
        compared.Count.ShouldBeGreaterThan(lines.Count - 50);
        compared.Where(line => Sanitiser.Apply(Sentence(Point(line))) != line[2]).Select(line => line[0]).ShouldBeEmpty();

        static int Point(string[] line) => int.Parse(line[0], NumberStyles.HexNumber, CultureInfo.InvariantCulture);
    }

    [Fact]
    public void Up_to_U_FFFF_the_pieces_are_those_of_the_pattern()
    {
        for (var point = 0; point <= char.MaxValue; point++)
        {
            if (char.IsSurrogate((char)point)) continue;
            var text = LowerCase.Of(Sentence(point));
            Sanitiser.Apply(text).ShouldBe(string.Join(' ', Pieces().Matches(text).Select(match => match.Value)), $"U+{point:x4}");
        }
    }

    [Fact]
    public void What_is_sanitised_already_stays_as_it_is()
    {
        var random = new Random(7);
        for (var i = 0; i < 500; i++)
        {
            var once = Sanitiser.Apply(string.Concat(Enumerable.Range(0, random.Next(30)).Select(_ => (char)random.Next(1, 0x3000))));
            Sanitiser.Apply(once).ShouldBe(once);
        }
    }

    /// <summary>The two letters of Unicode's general category, in the order of .NET's names for them.</summary>
    private static string Category(int point) => "LuLlLtLmLoMnMcMeNdNlNoZsZlZpCcCfCsCoPcPdPsPePiPfPoSmScSkSoCn".Substring((int)CharUnicodeInfo.GetUnicodeCategory(point) * 2, 2);

    private static string Sentence(int point) => string.Format(CultureInfo.InvariantCulture, "a{0}b {0}{0}1 \u0391{0}\u03a3 \u0391\u03a3{0}\u0391 {0}", char.ConvertFromUtf32(point));

    [GeneratedRegex(@"[\p{L}\p{N}_]+|[^\p{L}\p{N}_\s\u001c-\u001f]+")]
    private static partial Regex Pieces();
}
