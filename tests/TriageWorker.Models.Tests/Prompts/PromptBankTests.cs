using System.Text;
using TriageWorker.Models.Prompts;
using TriageWorker.Testing;

namespace TriageWorker.Models.Tests.Prompts;

public sealed class PromptBankTests
{
    private static byte[] ShippedJson { get; } = File.ReadAllBytes(Repository.At("onnx", "prompts", "merlin.json"));

    [Fact]
    public void A_bank_says_what_is_for_and_what_is_against_each_finding()
    {
        var bank = SomeBank.Of(("LUMP", ["a lump", "lump ."], ["no lump"]), ("GAP", ["a gap"], ["no gap", "whole"]));
        bank.Findings.Select(finding => finding.Label.Key).ShouldBe(["LUMP", "GAP"]);
        bank.Sentences.ShouldBe(["a lump", "lump .", "no lump", "a gap", "no gap", "whole"]);
        (bank.Id, bank.Version, bank.Language).ShouldBe(("some", "1", "en"));
    }

    [Fact]
    public void Comments_may_stand_in_a_bank_and_every_byte_is_in_its_digest()
    {
        var noted = Parse("// why\n" + SomeBank.Json(("LUMP", ["a lump"], ["no lump"])));
        noted.Digest.ShouldNotBe(SomeBank.Of(("LUMP", ["a lump"], ["no lump"])).Digest);
    }

    [Fact]
    public void All_faults_are_named_at_once_each_with_its_place()
    {
        var faults = FaultsOf("""
            { "schema": 1, "id": "", "language": "en", "findings": [
              { "key": "free air", "label": "Free air", "code": { "value": "x", "scheme": "99TRIAGE" }, "threshold": 3, "positive": ["free air", "Free  AIR"], "negative": [] },
              { "key": "GAP", "label": "Gap", "code": { "value": "GAP", "scheme": "99TRIAGE", "meaning": "Gap" }, "positive": ["gap", " . ", "gap\u0007."], "negative": ["no gap", "gap"] },
              { "key": "GAP", "label": "Gap", "code": { "value": "GAP", "scheme": "99TRIAGE", "meaning": "Gap" }, "positive": ["gap"] }
            ] }
            """);
        faults.ShouldBe(
        [
            "id: is missing.", "version: is missing.", "findings[0].code.meaning: is missing.", "findings[2].key: GAP stands twice.",
            "findings[0].key: free air may have the letters A to Z, digits and _ only.", "findings[0].threshold: must be -2 to 2, as scores are.",
            "findings[0].positive[1]: says the same as findings[0].positive[0].", "findings[0].negative: is missing or empty.",
            "findings[1].positive[1]: says nothing.", "findings[1].positive[2]: has a control character.", "findings[1].negative[1]: says the same as findings[1].positive[0].",
            "findings[2].negative: is missing or empty.",
        ]);
    }

    [Theory]
    [InlineData("", "the file: ")]
    [InlineData("{\n  \"schema\": one\n}", "schema: 'o' is an invalid start of a value (line 2).")]
    [InlineData("null", "the file: is empty.")]
    [InlineData("[]", "the file: ")]
    [InlineData("{}", "schema: is missing; this version reads 1.")]
    [InlineData("""{ "schema": 2 }""", "schema: is 2; this version reads 1.")]
    [InlineData("""{ "schema": 1, "id": "a", "version": "1", "language": "en" }""", "findings: is missing or empty.")]
    [InlineData("""{ "schema": 1, "id": "a", "version": "1", "language": "en", "findings": [null] }""", "findings: has an element that is null.")]
    [InlineData("""{ "schema": 1, "findings": [{ "positve": ["a"] }] }""", "findings[0].positve: 'positve' is no key that this version knows (line 1).")]
    [InlineData("""{ "schema": 1, "findings": [{ "level": "urgent" }] }""", "findings[0].level: is of another kind than what is read here (line 1).")]
    [InlineData("""{ "schema": 1, "findings": [{ "positive": ["a"], "positive": ["b"] }] }""", "findings[0].positive: 'positive' stands twice (line 1).")]
    public void What_is_no_bank_is_refused(string json, string fault) => FaultsOf(json).ShouldHaveSingleItem().ShouldStartWith(fault);

    [Fact]
    public void A_sentence_that_no_report_has_is_refused() =>
        FaultsOf(SomeBank.Json(("LUMP", [new string('a', 1001)], ["no lump"]))).ShouldBe(["findings[0].positive[0]: is longer than 1000 characters."]);

    [Theory]
    [InlineData("""{ "free_air": { "positive": ["gas out"], "negative": ["gas in"] }, "Torn Spleen": { "positive": ["torn"], "negative": ["whole"] } }""")]
    [InlineData("""{ "Free Air": [["gas out"], ["gas in"]], "torn-spleen": [["torn"], ["whole"]] }""")]
    public void A_plain_list_of_prompts_gets_the_keys_and_codes_of_the_known_findings(string json)
    {
        var bank = Parse(json, known: true);
        var (known, other) = (bank.Findings[0], bank.Findings[1]);
        known.Label.ShouldBe(PromptBank.Parse(ShippedJson, "merlin.json").Findings.Single(finding => finding.Label.Key == "FREE_AIR").Label);
        known.Level.ShouldBe(ProposedLevel.High);
        known.Positive.ShouldHaveSingleItem().ShouldBe("gas out");
        known.Negative.ShouldHaveSingleItem().ShouldBe("gas in");
        other.Label.Code.Scheme.ShouldBe("99TRIAGE");
        other.Label.Key.ShouldBe("TORN_SPLEEN");
        other.Level.ShouldBe(ProposedLevel.None);
        PromptBank.Parse(bank.Json.ToArray(), "prompts.json").Digest.ShouldBe(bank.Digest, "what a package keeps of it is a bank like any other");
    }

    [Theory]
    [InlineData("""{ "free_air": { "positive": ["gas out"] } }""", "free_air.negative: must be a list of sentences")]
    [InlineData("""{ "free_air": { "positive": "gas out", "negative": ["gas in"] } }""", "free_air.positive: must be a list of sentences")]
    [InlineData("""{ "free_air": { "positive": ["gas out"], "negative": [7] } }""", "free_air.negative: must be a list of sentences")]
    [InlineData("""{ "free_air": { "positive": ["\ud800"], "negative": ["gas in"] } }""", "the file: ")]
    [InlineData("""{ "free_air": ["gas out"] }""", "free_air.positive: must be a list of sentences")]
    [InlineData("""{ "free_air": { "positive": ["a"], "negative": ["b"], "neutral": ["c"] } }""", "free_air.positive: must be a list of sentences")]
    [InlineData("""{ "free_air": [["a"], ["b"]], "Free Air": [["c"], ["d"]] }""", "findings[1].key: FREE_AIR stands twice")]
    [InlineData("""{ "a_finding_with_a_long_name": [["a"], ["b"]] }""", "findings[0].key: A_FINDING_WITH_A_LONG_NAME is longer than 16 characters")]
    public void A_plain_list_of_another_shape_is_refused_and_the_shape_is_said(string json, string fault) =>
        Should.Throw<PromptBankException>(() => Parse(json, known: true)).Faults.ShouldContain(each => each.StartsWith(fault, StringComparison.Ordinal));

    [Fact]
    public void Whatever_stands_in_the_file_it_is_read_or_refused() => Fuzz.Cases(fast: 300, whole: 20_000, random =>
    {
        var known = PromptBank.Parse(ShippedJson, "merlin.json");
        var bytes = Mutation.Of(random.Next(2) == 0 ? ShippedJson : """{ "free_air": { "positive": ["gas out"], "negative": ["gas in"] }, "gap": [["torn"], ["whole"]] }"""u8.ToArray(), random);
        try
        {
            PromptBank.Parse(bytes, "some.json", known).Findings.ShouldNotBeEmpty();
        }
        catch (PromptBankException)
        {
        }
    });

    private static PromptBank Parse(string json, bool known = false) => PromptBank.Parse(Encoding.UTF8.GetBytes(json), "some.json", known ? PromptBank.Parse(ShippedJson, "merlin.json") : null);

    private static IReadOnlyList<string> FaultsOf(string json) => Should.Throw<PromptBankException>(() => Parse(json)).Faults;
}
