using System.Text;
using TriageWorker.Triage;

namespace TriageWorker.Triage.Tests;

public sealed class PolicyFileTests
{
    private const string Good = """
        {"schema": 1, "id": "p", "version": "2", "package": "phantom",
         "findings": [{"key": "FREE_AIR", "level": "high", "threshold": 0.4, "band": 0.1, "basis": "measured"}]}
        """;

    [Fact]
    public void A_policy_is_read_with_the_digest_of_its_bytes()
    {
        var policy = PolicyFile.Parse(Encoding.UTF8.GetBytes(Good));
        policy.Approved.ShouldBe([new ApprovedFinding("FREE_AIR", FlagLevel.High, 0.4, 0.1)]);
        policy.PackageId.ShouldBe("phantom");
        policy.Digest.ShouldBe(Convert.ToHexStringLower(System.Security.Cryptography.SHA256.HashData(Encoding.UTF8.GetBytes(Good))));
    }

    [Fact]
    public void What_a_threshold_was_approved_for_may_be_said()
    {
        const string digest = "0123456789abcdef";
        PolicyFile.Parse(Encoding.UTF8.GetBytes(Good)).Approved[0].ApprovedFor.ShouldBeNull();
        PolicyFile.Parse(Encoding.UTF8.GetBytes(Good.Replace("\"band\"", $"\"approvedFor\": \"{digest}\", \"band\"", StringComparison.Ordinal))).Approved[0].ApprovedFor.ShouldBe(digest);
    }

    [Theory]
    [InlineData("\"band\"", "\"approvedFor\": \"\", \"band\"", "findings[0].approvedFor")]
    [InlineData("\"band\"", "\"approvedFor\": \"0123456789abcde\", \"band\"", "findings[0].approvedFor")]
    [InlineData("\"band\"", "\"approvedFor\": \"0123456789ABCDEF\", \"band\"", "findings[0].approvedFor")]
    [InlineData("\"band\"", "\"approvedFor\": \"0123456789abcdef\\n\", \"band\"", "findings[0].approvedFor")]
    [InlineData("\"band\"", "\"approvedFor\": 7, \"band\"", "findings[0].approvedFor")]
    [InlineData("\"schema\": 1", "\"schema\": 9", "schema")]
    [InlineData("\"band\": 0.1", "\"band\": -0.1", "findings[0].band")]
    [InlineData("\"level\": \"high\"", "\"level\": \"none\"", "findings[0].level")]
    [InlineData("\"level\": \"high\"", "\"level\": \"loud\"", "findings[0].level")]
    [InlineData("\"level\": \"high\"", "\"level\": 7", "findings[0].level")]
    [InlineData("\"key\": \"FREE_AIR\"", "\"key\": null", "findings[0]")]
    [InlineData("\"findings\": [", "\"findings\": [null, ", "findings[0]")]
    [InlineData("\"threshold\": 0.4,", "", "threshold")]
    [InlineData("\"package\": \"phantom\",", "", "package")]
    [InlineData("\"version\": \"2\"", "\"version\": \"2\", \"treshold\": 1", "treshold")]
    public void A_wrong_policy_is_refused_with_the_place_of_the_fault(string from, string to, string place) =>
        Should.Throw<FormatException>(() => PolicyFile.Parse(Encoding.UTF8.GetBytes(Good.Replace(from, to, StringComparison.Ordinal))))
            .Message.ShouldContain(place);

    [Fact]
    public void Findings_that_are_null_are_refused() =>
        Should.Throw<FormatException>(() => PolicyFile.Parse("""{"schema": 1, "id": "p", "version": "2", "package": "phantom", "findings": null}"""u8)).Message.ShouldContain("findings");

    [Fact]
    public void A_finding_that_stands_twice_is_refused()
    {
        var twice = Good.Replace("]}", ", {\"key\": \"FREE_AIR\", \"level\": \"medium\", \"threshold\": 0.1}]}", StringComparison.Ordinal);
        Should.Throw<FormatException>(() => PolicyFile.Parse(Encoding.UTF8.GetBytes(twice))).Message.ShouldContain("findings[1].key");
    }

    [Fact]
    public void Every_truncation_is_refused()
    {
        var bytes = Encoding.UTF8.GetBytes(Good.TrimEnd());
        for (var length = 0; length < bytes.Length; length++)
            Should.Throw<FormatException>(() => PolicyFile.Parse(bytes.AsSpan(0, length)));
    }
}
